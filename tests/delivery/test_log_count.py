"""The estimate of the log agrees with its rows, wherever counters can tell."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from delivery.lane_counters import Move, count_changes
from delivery.log import Criteria
from delivery.log_count import about, estimate, in_words
from delivery.models import Delivery, State
from delivery.routing import Router

pytestmark = pytest.mark.django_db


@pytest.fixture
def lanes(project, make_destination, make_events):
    """Two destinations with 8 deliveries each; of those of the first 3 are delivered and 1 is retried."""
    lanes = [make_destination(name="A"), make_destination(name="B")]
    make_events(8)
    Router().route()
    first = list(Delivery.objects.filter(destination=lanes[0]).order_by("pk")[:4])
    after = [State.DELIVERED] * 3 + [State.RETRYING]
    moves = [Move(lanes[0].pk, d.created_at, State.QUEUED, state) for d, state in zip(first, after, strict=True)]
    count_changes(moves, [], now())
    return lanes


CASES = {
    "all": (lambda a: Criteria(), 16),
    "destination": (lambda a: Criteria(destination=a.pk), 8),
    "delivered": (lambda a: Criteria(state="delivered"), 3),
    "waiting": (lambda a: Criteria(state="waiting", destination=a.pk), 5),
    "queued": (lambda a: Criteria(state="queued"), 12),
    "undelivered": (lambda a: Criteria(state="undelivered"), 0),
    "last day": (lambda a: Criteria(since=now() - timedelta(days=1)), 16),
    "last hour": (lambda a: Criteria(since=now() - timedelta(hours=1)), 16),
    "before": (lambda a: Criteria(until=now() - timedelta(hours=2)), 0),
    "longer ago than is kept": (lambda a: Criteria(since=now() - timedelta(days=999)), 16),
    "type": (lambda a: Criteria(event_type="A"), None),
    "user": (lambda a: Criteria(who="A"), None),
    "answer": (lambda a: Criteria(answer="5xx"), None),
    "error": (lambda a: Criteria(error="x"), None),
}


@pytest.mark.parametrize("name", CASES)
def test_adds_up_counters(project, lanes, name):
    make, expected = CASES[name]
    assert estimate(project, make(lanes[0])) == expected


def test_about_is_empty_where_nothing_is_known(project, lanes):
    assert about(project, Criteria(error="x")) == about(project, Criteria(state="failed")) == ""
    assert about(project, Criteria()) == "16"


@pytest.mark.parametrize(
    ("count", "words"), [(7, "7"), (99, "99"), (123, "120"), (12_345, "12,000"), (5_028_408, "5,000,000")]
)
def test_in_words(count, words):
    assert in_words(count) == words
