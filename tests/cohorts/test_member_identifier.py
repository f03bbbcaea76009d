"""Kinds of cohort destinations: what they know users by, and what a new destination of them starts with."""

import pytest

from cohorts import runs
from cohorts.models import Skipped, Sync
from destinations import specification
from destinations.models import Destination
from events.models import Event

pytestmark = pytest.mark.django_db

LIST = {"endpoint": "https://api.iterable.com", "api_key": "k", "list_id": 5}


@pytest.fixture
def make_list(project):
    """A destination of a kind that takes at most 1,000 users, by user id or by e-mail."""

    def make(**parameters):
        wanted = {"name": "List", "kind": "iterable-list", "parameters": LIST | parameters, "enabled": True}
        return specification.save(project, wanted)[0]

    return make


def test_users_without_the_identifier_are_skipped_with_the_reason(make_users, make_cohort, make_list):
    make_users("ann", plan="pro", email="ann@example.com")
    make_users("bob", plan="pro", email="")
    make_users("cat", plan="pro", email=["x"])
    sync = Sync.objects.create(cohort=make_cohort(), destination=make_list(id_type="email"), properties=["plan"])
    run = runs.move_on(runs.start(sync, "by hand"))
    event = Event.objects.get(topic="cohort.update")
    assert event.data["users"] == [{"user_id": "ann", "user_properties": {"plan": "pro", "email": "ann@example.com"}}]
    assert (run.entered, run.skipped) == (3, 2)
    assert {(row.identity, row.reason) for row in Skipped.objects.all()} == {
        ("u:bob", "no email, by which the destination knows users"),
        ("u:cat", "no email, by which the destination knows users"),
    }


def test_a_user_id_is_enough_where_the_kind_asks_for_no_more(make_users, make_cohort, make_list):
    make_users("ann", plan="pro")
    sync = Sync.objects.create(cohort=make_cohort(), destination=make_list())
    runs.move_on(runs.start(sync, "by hand"))
    assert Event.objects.get(topic="cohort.update").data["users"] == [{"user_id": "ann"}]


def test_cohort_destinations_answer_within_two_seconds_four_at_once(make_list, make_destination):
    for destination in (make_list(), make_destination(kind="cohort-webhook")):
        assert (destination.total_timeout, destination.connect_timeout) == (2.0, 2.0)
        assert destination.sending == {"concurrency": 4}
    assert make_destination().total_timeout == 10.0


def test_what_somebody_chose_instead_stays(project, make_destination):
    chosen = make_destination(kind="cohort-webhook", sending={}, timeouts={"total": 5, "connect": 3})
    assert (chosen.sending, chosen.total_timeout) == ({}, 5.0)
    again, change = specification.save(project, specification.describe(chosen), chosen)
    assert (change, Destination.objects.get(pk=again.pk).sending) == ("unchanged", {})
