"""Counters that many add to: nothing is lost, nobody waits crosswise, and old rows go."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from events.counters import HOUR, MINUTE, Tally, add_up
from events.models import Event, EventCount, Project, TypeCount
from events.received import LONGEST_TYPE, count_received, received
from events.retention import forget_old_counts
from events.seen_types import seen_types


@pytest.mark.django_db(transaction=True)
def test_adding_at_the_same_time() -> None:
    projects = [Project.objects.create(name=f"P{number}").pk for number in range(5)]
    moment = now()

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(10):
                tally = Tally(EventCount, "project_id")
                for project in chance.sample(projects, 5):
                    tally.add(project, moment - timedelta(minutes=chance.randint(0, 2)), "received", 2)
                tally.write(moment)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(8)))
    for project in projects:
        rows = EventCount.objects.filter(project=project)
        assert sum(row.received for row in rows.filter(span=HOUR)) == 160
        assert sum(row.received for row in rows.filter(span=MINUTE)) == 160


def test_copies_are_counted_apart(client: Client, project: Project) -> None:
    events = [{"event_type": "A", "user_id": "user-1", "insert_id": f"{number}"} for number in range(3)]
    body = json.dumps({"api_key": project.api_key, "events": [*events, events[0]]})
    for _ in range(2):
        client.post("/2/httpapi", body, content_type="application/json")
    assert [(row.span, row.duplicates) for row in EventCount.objects.order_by("span")] == [(60, 5), (3600, 5)]
    assert received(project, now() - timedelta(hours=2)) == 3


def test_what_nothing_reads_any_more_is_removed(project: Project) -> None:
    moment = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    ages = {
        MINUTE: [timedelta(0), timedelta(hours=3), timedelta(hours=5), timedelta(days=2)],
        HOUR: [timedelta(0), timedelta(days=89), timedelta(days=91)],
    }
    for span, found in ages.items():
        add_up(
            EventCount,
            ("project_id", "span", "start"),
            {(project.pk, span, moment - a): {"received": 1} for a in found},
        )
    days = [date(2026, 11, 20), date(2026, 10, 19), date(2026, 10, 1)]
    add_up(TypeCount, ("project_id", "day", "event_type"), {(project.pk, day, "A"): {"received": 1} for day in days})
    assert forget_old_counts(moment) == 2 + 1 + 1
    assert [moment - row.start for row in EventCount.objects.order_by("span", "-start")] == [
        *ages[MINUTE][:2],
        *ages[HOUR][:2],
    ]
    assert forget_old_counts(moment) == 0


@pytest.mark.django_db
class TestSeenTypes:
    def test_counts_are_a_day_since_first_seen(self, project: Project) -> None:
        moment = now()
        for days_ago, count in ((20, 100), (10, 10), (45, 1_000)):
            count_received([(project.pk, "Order", moment - timedelta(days=days_ago))] * count, moment)
        count_received([(project.pk, "New", moment)] * 7, moment)
        assert list(seen_types(project)) == ["New", "Order"]
        assert seen_types(project)["New"] == 7
        assert seen_types(project)["Order"] in (6, 5)  # 110 in 20 to 21 days

    def test_what_waits_to_be_routed_is_seen(self, project: Project, make_events: Callable[..., list[Event]]) -> None:
        make_events(2, "b")
        count_received([(project.pk, "b", now()), (project.pk, "A", now())], now())
        assert list(seen_types(project).items()) == [("A", 1), ("b", 3)]

    def test_a_name_too_long_for_a_key_is_counted_without_it(self, project: Project) -> None:
        longest = "ü" * LONGEST_TYPE
        count_received([(project.pk, longest, now()), (project.pk, "🚀" * 1024, now())], now())
        assert list(seen_types(project)) == [longest]
        assert received(project, now() - timedelta(hours=1)) == 2
