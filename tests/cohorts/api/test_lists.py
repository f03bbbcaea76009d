"""Cohorts listed, uploaded, and changed user by user."""

import pytest

from cohorts.computation import compute, held
from cohorts.models import Cohort, Kind, Member, Run, Sync
from events.models import AuditEntry, Profile

pytestmark = pytest.mark.django_db


def members(cohort):
    return {identity[2:] for identity in Member.objects.filter(cohort=cohort).values_list("identity", flat=True)}


def test_the_list(get, make_cohort, friends, make_users, make_destination, project):
    make_users("ann", plan="pro")
    paying = make_cohort()
    compute(paying, "by hand")
    sync = Sync.objects.create(
        cohort=paying, destination=make_destination(name="Hook"), cadence="minutes", every_minutes=1
    )
    Run.objects.create(sync=sync, number=1, state=Run.State.FAILED, cause="", finished_at=paying.created_at)
    shown = get("/api/3/cohorts?includeSyncInfo=true").json()["cohorts"]
    by_name = {one["name"]: one for one in shown}
    one = by_name["Paying"]
    assert (one["id"], one["appId"], one["size"], one["archived"]) == (paying.public_id, project.pk, 1, False)
    assert one["definition"] == paying.definition
    assert one["lastComputed"] >= one["createdAt"] > 1_600_000_000
    (told,) = one["syncMetadata"]
    assert (told["target"], told["frequency"], told["last_successful"]) == ("Hook", "minute", None)
    assert told["last_failure"].endswith("+00:00")
    assert (by_name["Friends"]["definition"], by_name["Friends"]["syncMetadata"]) == ({}, [])
    assert "syncMetadata" not in get("/api/3/cohorts/").json()["cohorts"][0]


def test_an_upload_makes_a_cohort_and_another_replaces_it(post, project):
    ids = ["ann", " bob ", "ann", 7, "o'brien", 'say "hi", ünï 漢字', "", None, "a\0b", ["x"], "x" * 513, True, 1.5]
    body = {"name": "Friends", "app_id": 1, "id_type": "BY_USER_ID", "ids": ids, "owner": "a@b.c", "published": True}
    answer = post("upload", body).json()
    cohort = Cohort.objects.get(public_id=answer["cohortId"])
    assert (cohort.name, cohort.kind, cohort.size) == ("Friends", Kind.LISTED, 5)
    assert members(cohort) == {"ann", "bob", "7", "o'brien", 'say "hi", ünï 漢字'}
    assert answer["metadata"]["matched"] == 6
    assert answer["metadata"]["totals"] == 13
    assert len(answer["metadata"]["invalid_ids_sample"]) == 7

    again = body | {"existing_cohort_id": cohort.public_id, "name": "Best friends", "ids": ["cat", "ann"]}
    assert post("upload/", again).json()["cohortId"] == cohort.public_id
    cohort.refresh_from_db()
    assert (cohort.name, members(cohort)) == ("Best friends", {"cat", "ann"})
    assert set(AuditEntry.objects.values_list("by_name", flat=True)) >= {"the cohorts API"}


UPLOAD = {"name": "A", "id_type": "BY_USER_ID", "ids": ["ann"]}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("", 400, "not JSON"),
        ("[]", 400, "not a JSON object"),
        (b"\xff", 400, "not JSON"),
        ('{"name": NaN}', 400, "not JSON"),
        (UPLOAD | {"id_type": "BY_EMAIL"}, 400, "BY_AMP_ID, BY_USER_ID"),
        (UPLOAD | {"id_type": ["BY_USER_ID"]}, 400, "BY_AMP_ID, BY_USER_ID"),
        (UPLOAD | {"ids": "ann"}, 400, "not a list"),
        (UPLOAD | {"ids": {"0": "ann"}}, 400, "not a list"),
        (UPLOAD | {"ids": None}, 400, "not a list"),
        (UPLOAD | {"ids": ["ann"] * 100_001}, 400, "at most 100,000"),
        (UPLOAD | {"ids": [None, ""]}, 400, "None of the ids"),
        (UPLOAD | {"ids": ["ann", ""], "skip_invalid_ids": False}, 400, "1 of the ids"),
        (UPLOAD | {"skip_invalid_ids": "yes"}, 400, "neither true nor false"),
        (UPLOAD | {"cg": "company"}, 400, "group type"),
        (UPLOAD | {"name": ""}, 400, "1 to 200"),
        (UPLOAD | {"name": 5}, 400, "1 to 200"),
        (UPLOAD | {"name": "a\0b"}, 400, "NUL"),
        (UPLOAD | {"name": "Friends"}, 400, "already"),
        (UPLOAD | {"existing_cohort_id": "nothere1"}, 404, "no cohort"),
        (UPLOAD | {"existing_cohort_id": 5}, 404, "no cohort"),
        (UPLOAD | {"existing_cohort_id": "a\0"}, 404, "no cohort"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_uploads_that_are_refused(post, friends, body, status, words):
    answer = post("upload", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["http_code"]) == (status, status)
    assert words in error["message"]
    assert Cohort.objects.get() == friends


def test_a_hundred_thousand_ids(post):
    answer = post("upload", UPLOAD | {"ids": [f"user {number}" for number in range(100_000)]}).json()
    assert (answer["metadata"]["matched"], Cohort.objects.get().size) == (100_000, 100_000)


def test_amplitude_ids_are_the_numbers_of_profiles(post, make_users):
    make_users("ann", "bob")
    numbers = list(Profile.objects.order_by("identity").values_list("pk", flat=True))
    ids = [*numbers, str(numbers[0]), 10**30, -1, "x", numbers[-1] + 1]
    answer = post("upload", UPLOAD | {"id_type": "BY_AMP_ID", "ids": ids}).json()
    assert (answer["metadata"]["matched"], answer["metadata"]["totals"]) == (3, 7)
    assert members(Cohort.objects.get()) == {"ann", "bob"}
    assert post("upload", UPLOAD | {"id_type": "BY_AMP_ID", "ids": [10**30]}).status_code == 400


def test_nothing_is_saved_on_trial(post):
    answer = post("upload", UPLOAD | {"ids": ["ann", ""], "skip_save": True}).json()
    assert answer == {"cohortId": None, "metadata": {"matched": 1, "totals": 2, "invalid_ids_sample": [""]}}
    assert not Cohort.objects.exists()


def test_a_defined_cohort_takes_no_ids(post, make_cohort):
    cohort = make_cohort()
    assert post("upload", UPLOAD | {"existing_cohort_id": cohort.public_id}).status_code == 400
    body = {"cohort_id": cohort.public_id, "memberships": [add("ann")]}
    assert "conditions" in post("membership", body).json()["error"]["message"]


def add(*ids, operation="ADD", id_type="BY_NAME"):
    return {"ids": list(ids), "id_type": id_type, "operation": operation}


def test_members_are_added_and_removed(post, friends, make_users):
    make_users("known")
    number = Profile.objects.get().pk
    given = [add("ann", "bob", "", "cat"), add("bob", "nobody", operation="REMOVE"), add(number, 0, id_type="BY_ID")]
    answer = post("membership", {"cohort_id": friends.public_id, "memberships": given}).json()
    assert answer == {
        "cohort_id": friends.public_id,
        "memberships_result": [
            {"skipped_ids": [""], "id_type": "BY_NAME", "operation": "ADD"},
            {"skipped_ids": [], "id_type": "BY_NAME", "operation": "REMOVE"},
            {"skipped_ids": [0], "id_type": "BY_ID", "operation": "ADD"},
        ],
    }
    friends.refresh_from_db()
    assert (members(friends), friends.size) == ({"ann", "cat", "known"}, 3)


def test_the_last_operation_on_a_user_counts(post, friends):
    given = [add("ann", operation="REMOVE"), add("ann", "bob"), add("bob", operation="REMOVE")]
    post("membership", {"cohort_id": friends.public_id, "memberships": given})
    assert members(friends) == {"ann"}


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"cohort_id": None}, 404, "no cohort"),
        ({"memberships": None}, 400, "not a list"),
        ({"memberships": []}, 400, "not a list"),
        ({"memberships": ["ann"]}, 400, "not a list"),
        ({"memberships": [add("ann", operation="SET")]}, 400, "memberships.0.operation"),
        ({"memberships": [add("ann"), add("bob", id_type="BY_USER_ID")]}, 400, "memberships.1.id_type"),
        ({"memberships": [{"id_type": "BY_NAME", "operation": "ADD"}]}, 400, "memberships.0.ids"),
        ({"memberships": [add(*["a"] * 60_000), add(*["b"] * 60_000)]}, 400, "120,000 ids"),
        ({"memberships": [add("ann", "")], "skip_invalid_ids": False}, 400, "1 of the ids"),
        ({"memberships": [add("ann")], "count_group": "company"}, 400, "group type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_memberships_that_are_refused(post, friends, change, status, words):
    answer = post("membership", {"cohort_id": friends.public_id, "memberships": [add("ann")]} | change)
    assert (answer.status_code, words in answer.json()["error"]["message"]) == (status, True)
    assert members(friends) == set()


def test_a_cohort_grows_no_larger_than_it_may(post, friends, monkeypatch):
    from cohorts.api import membership

    monkeypatch.setattr(membership, "MOST_MEMBERS", 2)
    body = {"cohort_id": friends.public_id, "memberships": [add("ann", "bob")]}
    assert post("membership", body).status_code == 200
    assert post("membership", body).status_code == 200, "they are there already"
    answer = post("membership", body | {"memberships": [add("bob", "cat")]})
    assert "more than 2 users" in answer.json()["error"]["message"]
    assert members(friends) == {"ann", "bob"}


def test_a_busy_cohort_says_so(post, friends):
    with held(friends):
        answer = post("membership", {"cohort_id": friends.public_id, "memberships": [add("ann")]})
    assert (answer.status_code, answer["Retry-After"], answer.json()["error"]["type"]) == (409, "5", "busy")


def test_foreign_cohorts_do_not_exist(post, friends, django_user_model):
    from events.models import Project

    Cohort.objects.update(project=Project.objects.create(name="Other"))
    assert post("membership", {"cohort_id": friends.public_id, "memberships": [add("ann")]}).status_code == 404
