"""Pages of cohorts as people use them without scripts: plain GETs and posts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cohorts.computation import compute, replace_members
from cohorts.jobs import tend_cohorts
from cohorts.models import Cohort, Kind, Member, Run, Skipped, Sync
from cohorts.on_demand import compute_one
from delivery.models import Delivery, State
from events.models import AuditEntry

pytestmark = pytest.mark.django_db

BUILDER = {
    "cohort": "",
    "name": "Paying",
    "description": "",
    "match": "all",
    "rule-0-is": "property",
    "rule-0-path": "user_properties.plan",
    "rule-0-operator": "is",
    "rule-0-value": "pro",
    "cadence": "hourly",
    "every_minutes": "15",
    "daily_at": "06:00",
}
BEHAVIOUR = {
    "rule-1-is": "did",
    "rule-1-verb": "did",
    "rule-1-event": "Order Placed",
    "rule-1-times": "at least",
    "rule-1-count": "2",
    "rule-1-window": "within",
    "rule-1-days": "30",
    "rule-1-match": "all",
    "rule-1-0-is": "property",
    "rule-1-0-path": "event_properties.total",
    "rule-1-0-operator": ">",
    "rule-1-0-value": "50",
}

BACKWARDS = {"rule-1-window": "between", "rule-1-first": "2026-02-01", "rule-1-last": "2026-01-01"}


@pytest.fixture
def url(project):
    return lambda door, *args: reverse(door, args=[project.slug, *args])


@pytest.fixture
def make_listed(make_cohort):
    def make(*users, name="Beta"):
        cohort = make_cohort(name=name, kind=Kind.LISTED, definition={})
        replace_members(cohort, [f"u:{user}" for user in users], "CSV upload")
        cohort.refresh_from_db()
        return cohort

    return make


@pytest.fixture
def hook(make_destination):
    return make_destination(name="Audience", kind="cohort-webhook", url="http://127.0.0.1:8009/cohort")


def text_of(response):
    return response.content.decode()


def members(cohort):
    return sorted(Member.objects.filter(cohort=cohort).values_list("identity", flat=True))


class TestBuilder:
    def test_a_definition_is_saved_as_its_rows_say(self, admin_client, project, url):
        response = admin_client.post(url("cohort_new"), BUILDER | BEHAVIOUR)
        cohort = Cohort.objects.get()
        assert response["Location"].startswith(cohort.get_absolute_url())
        paying, ordered = cohort.definition["conditions"]
        assert paying == {"property": "user_properties.plan", "operator": "is", "value": "pro"}
        total = ordered.pop("conditions")[0]
        assert ordered == {
            "did": "Order Placed",
            "times": "at least",
            "count": 2,
            "within_days": 30,
            "match": "all",
        }
        assert (total["property"], str(total["value"])) == ("event_properties.total", "50")
        assert (cohort.cadence, cohort.next_at is not None) == ("hourly", True)
        assert AuditEntry.objects.get(object_type="cohort").action == "created"

    def test_what_is_stored_comes_back_as_the_same_rows(self, admin_client, project, url):
        admin_client.post(url("cohort_new"), BUILDER | BEHAVIOUR)
        cohort = Cohort.objects.get()
        page = admin_client.get(url("cohort_edit", cohort.public_id))
        assert [key for key, _ in page.context["form"].rules.kinds] == ["0", "1", "1-0"]
        sent = BUILDER | BEHAVIOUR | {"cohort": cohort.public_id}
        before = cohort.definition
        admin_client.post(url("cohort_edit", cohort.public_id), sent)
        cohort.refresh_from_db()
        assert cohort.definition == before

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"name": ""}, "Give the cohort a name"),
            ({"rule-0-path": "nothing"}, "is no field of an event"),
            ({"rule-0-path": "event_properties.total"}, "Only what is known of a user can be asked here"),
            ({"rule-0-path": "", "rule-0-value": ""}, "a cohort needs at least one"),
            (BEHAVIOUR | {"rule-1-count": "many"}, "Write a whole number from 1"),
            (BEHAVIOUR | {"rule-1-days": "0"}, "Write a whole number of days"),
            (BEHAVIOUR | {"rule-1-event": ""}, "Name an event type"),
            (BEHAVIOUR | BACKWARDS, "The end lies before"),
            (BEHAVIOUR | {"rule-1-0-path": ""}, "Name the property"),
            ({"cadence": "minutes", "every_minutes": "0"}, "Write a whole number of minutes"),
            ({"cadence": "daily", "daily_at": ""}, "Write an hour and minutes"),
        ],
        ids=lambda value: "" if isinstance(value, dict) else value[:20],
    )  # fmt: skip
    def test_what_is_wrong_is_said_at_its_place_and_nothing_is_saved(self, admin_client, project, url, changes, words):
        page = text_of(admin_client.post(url("cohort_new"), BUILDER | changes))
        assert words in page
        assert "Nothing was saved" in page
        assert not Cohort.objects.exists()

    def test_a_circle_is_refused_by_name(self, admin_client, make_cohort, url):
        first = make_cohort(name="First")
        second = make_cohort(name="Second", definition={"match": "all", "conditions": [{"in_cohort": first.public_id}]})
        rule = {"rule-0-is": "cohort", "rule-0-verb": "in_cohort", "rule-0-cohort": second.public_id}
        page = admin_client.post(
            url("cohort_edit", first.public_id), BUILDER | rule | {"cohort": first.public_id, "name": "First"}
        )
        assert "First → Second → First" in text_of(page)

    @pytest.mark.parametrize(
        ("act", "keys"),
        [
            ("add-did", ["0", "1"]),
            ("add-cohort", ["0", "1"]),
            ("add-group", ["0", "1", "1-0"]),
            ("remove-0", ["0"]),
            ("add-property-9", ["0"]),
            ("nonsense", ["0"]),
        ],
    )
    def test_rows_come_and_go_without_scripts(self, admin_client, project, url, act, keys):
        page = admin_client.post(url("cohort_rules"), BUILDER | {"do": act})
        assert [key for key, _ in page.context["form"].rules.kinds] == keys
        assert text_of(page).count("<h1") == 1

    def test_rows_of_groups_and_behaviours_take_more(self, admin_client, project, url):
        page = admin_client.post(
            url("cohort_rules"), BUILDER | BEHAVIOUR | {"do": "add-event-1"}, headers={"HX-Request": "true"}
        )
        assert [key for key, _ in page.context["form"].rules.kinds] == ["0", "1", "1-0", "1-1"]
        assert "<h1" not in text_of(page)

    def test_the_preview_counts_and_names_some(self, admin_client, make_users, url):
        make_users(*(f"user {number:02}" for number in range(15)), plan="pro")
        page = text_of(admin_client.post(url("cohort_preview"), BUILDER, headers={"HX-Request": "true"}))
        assert "<b>15</b> users" in page
        assert page.count("user%20") == 10
        assert "10 of them" in page

    @pytest.mark.parametrize(
        "changes", [{"rule-0-path": "plan"}, {"rule-0-path": "", "rule-0-value": ""}], ids=["wrong", "none"]
    )
    def test_the_preview_says_what_is_missing(self, admin_client, project, url, changes):
        page = text_of(admin_client.post(url("cohort_preview"), BUILDER | changes, headers={"HX-Request": "true"}))
        assert "Not counted yet." in page

    def test_the_preview_gives_up_in_words(self, admin_client, project, url, monkeypatch):
        from django.db import OperationalError

        def fail(*args):
            raise OperationalError("interrupted")

        monkeypatch.setattr("cohorts.pages.builder.preview", fail)
        page = text_of(admin_client.post(url("cohort_preview"), BUILDER, headers={"HX-Request": "true"}))
        assert "took too long and was given up" in page


class TestCohort:
    def test_says_its_definition_and_members(self, admin_client, make_users, make_cohort):
        make_users("ann", "bob", plan="pro")
        cohort = make_cohort()
        compute_one(cohort.pk, "by hand")
        page = text_of(admin_client.get(cohort.get_absolute_url()))
        for words in ("plan is pro", "ann", "bob", "+2 −0", "by hand", "It is synced nowhere."):
            assert words in page

    def test_members_are_paged_and_found_by_their_beginning(self, admin_client, make_listed):
        cohort = make_listed(*(f"user-{number:03}" for number in range(75)), "zoë")
        page = admin_client.get(cohort.get_absolute_url())
        assert len(page.context["members"].identities) == 60
        rest = admin_client.get(page.context["more"]).context["members"].identities
        assert rest[-1] == "u:zoë"
        assert len(rest) == 16
        assert admin_client.get(f"{cohort.get_absolute_url()}?q=zo").context["members"].identities == ["u:zoë"]
        assert "No member’s id begins" in text_of(admin_client.get(f"{cohort.get_absolute_url()}?q=nobody"))

    def test_who_came_and_went(self, admin_client, make_listed, url):
        cohort = make_listed("ann", "bob")
        last = replace_members(cohort, ["u:ann", "u:cat"], "CSV upload")
        page = text_of(admin_client.get(url("cohort_changes", cohort.public_id, last.pk)))
        assert page.index("cat") < page.index("bob")

    def test_deleting_takes_its_name_and_names_those_built_on_it(self, admin_client, make_cohort, url):
        first = make_cohort(name="First")
        second = make_cohort(name="Second", definition={"match": "all", "conditions": [{"in_cohort": first.public_id}]})
        refused = admin_client.post(url("cohort_delete", first.public_id), {"expect": "First"}, follow=True)
        assert "“Second” is built on it" in text_of(refused)
        admin_client.post(url("cohort_delete", second.public_id), {"expect": "wrong"})
        assert Cohort.objects.count() == 2
        admin_client.post(url("cohort_delete", second.public_id), {"expect": "Second"})
        admin_client.post(url("cohort_delete", first.public_id), {"expect": "First"})
        assert not Cohort.objects.exists()

    def test_deleting_in_mid_run_calls_its_deliveries_off(self, admin_client, make_listed, hook, url):
        cohort = make_listed("ann", "bob")
        sync = Sync.objects.create(cohort=cohort, destination=hook)
        admin_client.post(url("cohort_sync_act", cohort.public_id, sync.pk), {"act": "run"})
        tend_cohorts()
        assert Delivery.objects.get().state == State.QUEUED
        admin_client.post(url("cohort_delete", cohort.public_id), {"expect": "Beta"})
        assert Delivery.objects.get().state == State.CANCELLED
        assert Run.objects.get().state == Run.State.CANCELLED
        assert admin_client.get(cohort.get_absolute_url()).status_code == 404
        assert admin_client.get(sync.get_absolute_url()).status_code == 404
        assert "Beta" not in text_of(admin_client.get(url("cohort_syncs")))

    def test_everybody_may_leave_before_it_is_deleted(self, admin_client, make_listed, hook, url):
        cohort = make_listed("ann", "bob")
        Sync.objects.create(cohort=cohort, destination=hook)
        admin_client.post(url("cohort_delete", cohort.public_id), {"expect": "Beta", "leavers": "1"})
        assert "is being deleted" in text_of(admin_client.get(cohort.get_absolute_url()))
        tend_cohorts()
        delivery = Delivery.objects.get()
        assert delivery.event.data["in_cohort"] is False
        Delivery.objects.update(state=State.DELIVERED)
        tend_cohorts()
        assert not Cohort.objects.exists()


class TestSync:
    FORM = {"batch_size": "1000", "cadence": "hourly", "every_minutes": "15", "daily_at": "06:00"}

    def test_kind_destination_properties_cadence_sync(self, admin_client, make_listed, hook, url):
        cohort = make_listed("ann")
        here = url("cohort_sync_new", cohort.public_id)
        assert "?kind=cohort-webhook" in text_of(admin_client.get(here))
        assert f"?destination={hook.pk}" in text_of(admin_client.get(f"{here}?kind=cohort-webhook"))
        response = admin_client.post(f"{here}?destination={hook.pk}", self.FORM | {"more_properties": "plan\ncity"})
        sync = Sync.objects.get()
        assert (sync.properties, sync.cadence, sync.batch_size) == (["plan", "city"], "hourly", 1000)
        assert response["Location"] == Run.objects.get().get_absolute_url()
        assert "It begins in a moment" in text_of(admin_client.get(response["Location"]))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"more_properties": "\n".join(f"p{n}" for n in range(51))}, "51 user properties are chosen; at most 50"),
            ({"batch_size": "0"}, "Write a whole number of users from 1 to 10,000"),
            ({"batch_size": "many"}, "Write a whole number of users"),
            ({"cadence": "minutes", "every_minutes": ""}, "Write a whole number of minutes"),
        ],
        ids=["51", "0", "many", "minutes"],
    )
    def test_refused_in_words(self, admin_client, make_listed, hook, url, changes, words):
        here = url("cohort_sync_new", make_listed("ann").public_id)
        assert words in text_of(admin_client.post(f"{here}?destination={hook.pk}", self.FORM | changes))
        assert not Sync.objects.exists()

    def test_from_the_destinations_side(self, admin_client, make_listed, hook, url):
        cohort = make_listed("ann")
        page = text_of(admin_client.get(url("destination", hook.pk)))
        assert url("cohort_sync_from") in page
        page = text_of(admin_client.get(f"{url('cohort_sync_from')}?destination={hook.pk}"))
        assert url("cohort_sync_new", cohort.public_id) in page

    def test_resync_and_both_ways_of_removing(self, admin_client, make_listed, hook, url):
        cohort = make_listed("ann")
        sync = Sync.objects.create(cohort=cohort, destination=hook, told_until=10**6)
        act = url("cohort_sync_act", cohort.public_id, sync.pk)
        admin_client.post(act, {"act": "resync"})
        assert Run.objects.get().content == Run.Content.EVERYBODY
        admin_client.post(act, {"act": "farewell"})
        assert Run.objects.get().content == Run.Content.FAREWELL
        page = admin_client.post(act, {"act": "run"}, follow=True)
        assert "its last run is on its way" in text_of(page)
        admin_client.post(act, {"act": "remove"})
        assert not Sync.objects.exists()


class TestRun:
    @pytest.fixture
    def run(self, make_listed, hook):
        cohort = make_listed("ann", "bob", "cat")
        sync = Sync.objects.create(cohort=cohort, destination=hook, batch_size=1)
        from cohorts.on_demand import sync_soon

        run = sync_soon(sync, "by hand")
        tend_cohorts()
        run.refresh_from_db()
        return run

    def set_states(self, run, *states):
        for batch, state in zip(run.batch_rows.order_by("pk"), states, strict=True):
            Delivery.objects.filter(pk=batch.delivery_id).update(state=state)

    def test_shows_how_far_it_is(self, admin_client, run):
        self.set_states(run, State.DELIVERED, State.QUEUED, State.QUEUED)
        page = text_of(admin_client.get(run.get_absolute_url()))
        assert "33 %" in page
        assert "data-poll" in page
        assert page.count("/deliveries/") >= 3

    def test_partly_delivered_is_not_success(self, admin_client, run):
        self.set_states(run, State.DELIVERED, State.FAILED, State.EXPIRED)
        tend_cohorts()
        page = text_of(admin_client.get(run.get_absolute_url()))
        for words in ("Partly delivered", "2 of 3 failed", "Send the 2 failed again"):
            assert words in page
        assert "data-poll" not in page
        assert len(admin_client.get(f"{run.get_absolute_url()}?state=failed").context["batches"]) == 2
        admin_client.post(f"{run.get_absolute_url()}act/", {"act": "resend"})
        run.refresh_from_db()
        assert run.state == Run.State.SENDING

    def test_cancelling_keeps_who_is_left_for_the_next_run(self, admin_client, run):
        self.set_states(run, State.DELIVERED, State.QUEUED, State.QUEUED)
        page = admin_client.post(f"{run.get_absolute_url()}act/", {"act": "cancel"}, follow=True)
        assert "with 2 batches that waited" in text_of(page)
        tend_cohorts()
        run.refresh_from_db()
        assert run.state == Run.State.CANCELLED
        from cohorts.on_demand import sync_soon

        following = sync_soon(run.sync, "by hand")
        tend_cohorts()
        following.refresh_from_db()
        assert following.entered == 2

    def test_skipped_users_as_csv(self, admin_client, run, url):
        Skipped.objects.create(run=run, identity="d:phone,1", reason="no user id: only a device is known")
        Skipped.objects.create(run=run, identity="u:=1+1", reason="x")
        response = admin_client.get(f"{run.get_absolute_url()}skipped.csv")
        text = b"".join(response.streaming_content).decode()
        assert text.splitlines() == [
            "user,reason",
            '"device phone,1",no user id: only a device is known',
            "'=1+1,x",
        ]


class TestListed:
    def upload(self, client, where, data=b"user_id\nann\nbob\n", **more):
        file = {} if data is None else {"file": SimpleUploadedFile("users.csv", data)}
        return client.post(where, {"name": "Beta", "description": ""} | file | more)

    def test_a_file_makes_a_cohort(self, admin_client, project, url):
        page = text_of(self.upload(admin_client, url("cohort_new_list"), b"user_id\nann\nbob\n\nann\n"))
        cohort = Cohort.objects.get()
        assert (cohort.kind, cohort.size) == (Kind.LISTED, 2)
        assert "The list was taken" in page
        assert members(cohort) == ["u:ann", "u:bob"]

    def test_wrong_lines_are_named_and_nothing_is_changed_until_they_may_be_left_out(self, admin_client, project, url):
        data = b"ann\nb\0b\n" + b"x" * 600 + b"\ncat\n"
        page = text_of(self.upload(admin_client, url("cohort_new_list"), data))
        for words in ("2 lines are wrong", "Line 2", "NUL character", "Line 3", "600 characters"):
            assert words in page
        assert not Cohort.objects.exists()
        self.upload(admin_client, url("cohort_new_list"), data, lenient="on")
        assert members(Cohort.objects.get()) == ["u:ann", "u:cat"]

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [("replace", ["u:bob", "u:dan"]), ("add", ["u:ann", "u:bob", "u:dan"]), ("remove", ["u:ann"])],
    )
    def test_replace_add_remove(self, admin_client, make_listed, url, mode, expected):
        cohort = make_listed("ann", "bob")
        self.upload(admin_client, url("cohort_list", cohort.public_id), b"bob\ndan\n", mode=mode)
        assert members(cohort) == expected

    def test_pasted(self, admin_client, project, url):
        self.upload(admin_client, url("cohort_new_list"), None, pasted='Ann, Lee\r\n"quoted"\r\n\r\nŁódź\r\n')
        assert members(Cohort.objects.get()) == ['u:"quoted"', "u:Ann, Lee", "u:Łódź"]

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"data": None}, "Choose a file, or paste user ids below."),
            ({"data": b""}, "There is no user id in it."),
            ({"pasted": "ann"}, "Choose a file or paste ids, not both."),
            ({"column": "email"}, "There is no column “email”."),
            ({"name": ""}, "This field is required."),
        ],
        ids=["nothing", "empty", "both", "column", "name"],
    )
    def test_refused_in_words(self, admin_client, project, url, more, words):
        assert words in text_of(self.upload(admin_client, url("cohort_new_list"), **more))
        assert not Cohort.objects.exists()

    def test_somebody_else_is_at_it(self, admin_client, make_listed, url):
        from cohorts.computation import held

        cohort = make_listed("ann")
        with held(cohort):
            page = text_of(self.upload(admin_client, url("cohort_list", cohort.public_id), mode="replace"))
        assert "Somebody else is changing its members" in page

    def test_first_lines_are_shown(self, admin_client, project, url):
        head = SimpleUploadedFile("users.csv", "name;User ID\nAnn;ann\nBob;bob\n".encode("utf-16"))
        page = text_of(admin_client.post(url("cohort_list_look"), {"head": head}))
        for words in ("UTF-16, separated by semicolons", 'class="is-chosen">User ID', "<td>ann</td>"):
            assert words in page


class TestProfiles:
    def test_list_search_and_page(self, admin_client, make_users, make_listed, url, make_events):
        make_users("ann", "bob", plan="pro")
        cohort = make_listed("ann", "ghost")
        page = text_of(admin_client.get(url("profiles")))
        assert "ann" in page
        assert "bob" in page
        assert "bob" not in text_of(admin_client.get(url("profiles"), {"q": "an"}))
        page = text_of(admin_client.get(url("profiles"), {"user": "u:ann"}))
        assert "pro" in page
        assert cohort.name in page
        assert "only lists name it" in text_of(admin_client.get(url("profiles"), {"user": "u:ghost"}))
        assert admin_client.get(url("profiles"), {"user": "u:nobody"}).status_code == 404


def test_empty_states(admin_client, project, url):
    assert "No cohorts yet" in text_of(admin_client.get(url("cohorts")))
    assert "No cohort is synced yet" in text_of(admin_client.get(url("cohort_syncs")))
    assert "No profiles yet" in text_of(admin_client.get(url("profiles")))


def test_the_list(admin_client, make_listed, hook, url):
    cohort = make_listed("ann")
    sync = Sync.objects.create(cohort=cohort, destination=hook)
    assert "Never run" in text_of(admin_client.get(url("cohorts")))
    Run.objects.create(sync=sync, number=1, cause="by hand", state=Run.State.PARTLY)
    for door in ("cohorts", "cohort_syncs"):
        page = text_of(admin_client.get(url(door)))
        assert "Partly delivered" in page
        assert "Beta" in page


def test_compute_now_shows_that_it_is_under_way(admin_client, make_users, make_cohort, url):
    make_users("ann", plan="pro")
    cohort = make_cohort()
    compute(cohort, "on schedule")
    page = admin_client.post(url("cohort_compute", cohort.public_id), follow=True)
    assert "Computing…" in text_of(page)
    compute_one(cohort.pk, "by hand")
    assert "Computing…" not in text_of(admin_client.get(page.redirect_chain[-1][0]))
