"""What a draft would have let pass of the last 24 hours."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from destinations import filter_effect
from destinations.filter_effect import TypeEffect, effect
from destinations.filter_rules import check_filter
from destinations.filters import compile_filter
from events.models import Event, Project

pytestmark = pytest.mark.django_db

LARGE = {"conditions": [{"property": "event_properties.number", "operator": "at least", "value": 2}]}


def draft(rules):
    return compile_filter(check_filter(rules))


def test_counts_by_type_the_most_frequent_first(project, make_events):
    make_events(3, "Page Viewed")
    make_events(4, "Order Placed")
    found = effect(project, draft(LARGE))
    assert (found.events, found.passing, found.complete) == (7, 3, True)
    assert found.types == (TypeEffect("Order Placed", 4, 2), TypeEffect("Page Viewed", 3, 1))
    assert timedelta(hours=24) <= now() - found.since < timedelta(hours=24, minutes=1)


def test_no_events(project):
    found = effect(project, draft({}))
    assert (found.events, found.passing, found.complete, found.types) == (0, 0, True, ())


@pytest.mark.parametrize(("rules", "reads"), [(LARGE, True), ({"event_types": ["Order Placed"]}, False)])
def test_data_is_read_only_where_it_is_looked_at(project, make_events, rules, reads):
    make_events(3)
    with CaptureQueriesContext(connection) as queries:
        effect(project, draft(rules))
    assert any('"data"' in query["sql"] for query in queries) is reads


def test_older_events_and_other_projects_are_not_counted(project, make_events):
    old, *_ = make_events(3)
    Event.objects.filter(pk=old.pk).update(received_at=now() - timedelta(hours=25))
    assert effect(project, draft({})).events == 2
    assert effect(Project.objects.create(name="Other", api_key="x" * 32), draft({})).events == 0


def test_the_newest_count_where_there_are_too_many(project, make_events, monkeypatch):
    monkeypatch.setattr(filter_effect, "MOST_EVENTS", 4)
    make_events(3, "Page Viewed")
    newest = make_events(4)
    found = effect(project, draft({}))
    assert (found.events, found.complete, found.since) == (4, False, newest[0].received_at)
    assert found.types == (TypeEffect("Order Placed", 4, 4),)


def test_it_ends_in_time(project, make_events, monkeypatch):
    monkeypatch.setattr(filter_effect, "MOST_SECONDS", -1)
    make_events(3)
    found = effect(project, draft({}))
    assert (found.events, found.complete) == (0, False)
