"""Members as a file: asked for, ready, read."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils.timezone import now

from cohorts import jobs
from cohorts.api import download, member_file
from cohorts.api.door import LIMITS
from cohorts.api.download import FILES_AT_ONCE
from cohorts.computation import replace_members
from cohorts.models import Download
from events.models import Profile

pytestmark = pytest.mark.django_db


def rows(answer):
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture
def ask(get):
    def ask(cohort, query=""):
        answer = get(f"/api/5/cohorts/request/{cohort.public_id}{query}")
        assert (answer.status_code, answer.json()["cohort_id"]) == (202, cohort.public_id)
        return answer.json()["request_id"]

    return ask


def test_three_steps(get, ask, friends, make_users):
    make_users('o\'brien, "the" ünï', plan="pro", n=2.5, on=True, tags=["a", {"b": None}], nothing=None)
    make_users("bob")
    replace_members(friends, ["u:bob", "u:never seen", 'u:o\'brien, "the" ünï', "d:phone"], "API")
    token = ask(friends, "?props=1&propKeys=plan&propKeys=n&propKeys=on&propKeys=tags&propKeys=nothing")
    status = get(f"/api/5/cohorts/request-status/{token}")
    assert (status.status_code, status.json()["async_status"]) == (200, "JOB COMPLETED")
    header, *users = rows(get(f"/api/5/cohorts/request/{token}/file"))
    assert header == ["amplitude_id", "user_id", "plan", "n", "on", "tags", "nothing"]
    numbers = {p.identity: str(p.pk) for p in Profile.objects.all()}
    assert sorted(users) == sorted(
        [
            ["", "", "", "", "", "", ""],
            [numbers["u:bob"], "bob", "", "", "", "", ""],
            ["", "never seen", "", "", "", "", ""],
            [numbers['u:o\'brien, "the" ünï'], 'o\'brien, "the" ünï', "pro", "2.5", "true", '["a",{"b":null}]', ""],
        ]
    )


@pytest.mark.parametrize(
    ("query", "columns"),
    [("", []), ("?props=0&propKeys=plan", []), ("?props=1", ["city", "plan"]), ("?props=1&propKeys=x", ["x"])],
)
def test_which_properties(get, ask, friends, make_users, query, columns):
    make_users("ann", plan="pro")
    make_users("bob", city="Łódź")
    make_users("not a member", secret=1)
    replace_members(friends, ["u:ann", "u:bob"], "API")
    assert rows(get(f"/api/5/cohorts/request/{ask(friends, query)}/file"))[0][2:] == columns


def test_pages_miss_and_repeat_nobody(get, ask, friends, monkeypatch):
    monkeypatch.setattr(member_file, "ROWS", 7)
    names = {f"user {number}" for number in range(40)}
    replace_members(friends, [f"u:{name}" for name in names], "API")
    users = [row[1] for row in rows(get(f"/api/5/cohorts/request/{ask(friends)}/file"))[1:]]
    assert (len(users), set(users)) == (40, names)


def test_an_empty_cohort_is_a_header(get, ask, friends):
    assert rows(get(f"/api/5/cohorts/request/{ask(friends)}/file")) == [["amplitude_id", "user_id"]]


def test_a_cohort_that_was_never_computed_is_computed_first(get, ask, make_cohort, make_users):
    make_users("ann", plan="pro")
    token = ask(make_cohort())
    status = get(f"/api/5/cohorts/request-status/{token}")
    assert (status.status_code, status.json()["async_status"]) == (202, "JOB INPROGRESS")
    assert get(f"/api/5/cohorts/request/{token}/file").status_code == 409
    jobs.tend_cohorts()
    assert get(f"/api/5/cohorts/request-status/{token}").status_code == 200
    assert [row[1] for row in rows(get(f"/api/5/cohorts/request/{token}/file"))[1:]] == ["ann"]


def test_requests_end_after_a_week_and_are_nobody_elses(get, ask, friends):
    token = ask(friends)
    Download.objects.update(created_at=now() - timedelta(days=8))
    for address in (
        f"request-status/{token}",
        f"request/{token}/file",
        "request-status/nothing",
        "request/nothing/file",
    ):
        assert get(f"/api/5/cohorts/{address}").status_code == 404
    assert get("/api/5/cohorts/request/nothere1").status_code == 404
    assert get("/api/5/cohorts/request/%00").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?props=1&propKeys=", "?props=1&propKeys=a%00b", "?props=1&" + "propKeys=%d&" * 201],
    ids=["blank", "NUL", "201"],
)
def test_property_names_that_are_refused(get, friends, query):
    query = query % tuple(range(201)) if query.count("%d") else query
    assert get(f"/api/5/cohorts/request/{friends.public_id}{query}").status_code == 400


def test_limits(get, ask, friends, project, monkeypatch):
    token = ask(friends)
    places = [LIMITS.place(project.pk, "downloads", FILES_AT_ONCE) for _ in range(FILES_AT_ONCE)]
    for place in places:
        place.take()
    assert get(f"/api/5/cohorts/request/{token}/file").status_code == 429
    for place in places:
        place.leave()
    for _ in range(FILES_AT_ONCE + 1):
        rows(get(f"/api/5/cohorts/request/{token}/file"))
    monkeypatch.setattr(download, "MOST_A_MONTH", 1)
    assert get(f"/api/5/cohorts/request/{friends.public_id}").status_code == 429
