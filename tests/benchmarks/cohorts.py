"""Cohorts at size: computing one over properties and behaviour, finding a small difference, and a first sync.

python -m tests.benchmarks cohorts [--database sqlite|postgresql] [--users N] [--events-per-user N] [--document]

The tables are filled by the database itself. Times are wall time of one call; memory is what this process grew by.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests import postgres
from tests.benchmarks.document import write_table

DEFINITION = {
    "match": "all",
    "conditions": [
        {"property": "user_properties.plan", "operator": "in list", "value": ["pro", "team"]},
        {
            "did": "Order Completed",
            "times": "at least",
            "count": 1,
            "within_days": 60,
            "conditions": [{"property": "event_properties.total", "operator": "greater than", "value": 50}],
        },
        {"did_not": "Subscription Cancelled", "within_days": 30},
    ],
}
EVERYBODY = {"match": "all", "conditions": [{"property": "user_properties.plan", "operator": "is set"}]}
TYPES = ("Page Viewed", "Product Viewed", "Cart Updated", "Search", "Order Completed", "Signed In", "Video Played",
         "Subscription Cancelled", "Invite Sent", "Settings Changed")  # fmt: skip


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="cohorts", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--events-per-user", type=int, default=20)
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    options = parser.parse_args(arguments)
    if options.database == "sqlite" or os.environ.get("DATABASE_URL"):
        figures = _measured(options)
        lines = ["| | |", "| --- | ---: |", *(f"| {title} | {value} |" for title, value in figures.items())]
        print("\n".join(lines))
        if options.document:
            write_table(f"cohorts {options.database}", lines)
        return
    with postgres.server() as url:  # settings are read once, so the measuring process is a new one
        command = [sys.executable, "-m", "tests.benchmarks", "cohorts", *arguments]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=True)


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return measure(options.users, options.events_per_user)


def measure(users: int, events_per_user: int) -> dict[str, Any]:
    from django.utils.timezone import now

    from cohorts import runs
    from cohorts.computation import compute
    from cohorts.models import Cohort, Run, Sync
    from delivery import direct
    from delivery.models import Delivery, State
    from destinations import specification
    from events.models import Project

    direct.wake = lambda queue: None  # type: ignore[assignment]
    project = Project.objects.create(name="Bench")
    figures: dict[str, Any] = {"users": f"{users:,}", "events": f"{_fill(project.pk, users, events_per_user):,}"}
    cohort = Cohort.objects.create(project=project, name="Good customers", definition=DEFINITION)
    destination, _ = specification.save(project, {"name": "Bench", "url": "https://example.com/hook", "enabled": True})
    memory = _memory()
    with _timed(figures, "property and behaviour, computed, s"):
        computation = compute(cohort, "benchmark")
    if computation.error:
        raise SystemExit(computation.error)
    figures["… members"] = f"{computation.size:,}"
    with _timed(figures, "… computed again, nothing changed, s"):
        compute(cohort, "benchmark")
    everybody = Cohort.objects.create(project=project, name="Everybody", definition=EVERYBODY)
    with _timed(figures, "everybody, computed, s"):
        compute(everybody, "benchmark")
    sync = Sync.objects.create(cohort=everybody, destination=destination, properties=["plan", "country"])
    with _timed(figures, "first sync of everybody, all batches made, s"):
        run = runs.move_on(runs.start(sync, "benchmark"))
    figures["… batches"] = f"{run.batches:,}"
    Delivery.objects.update(state=State.DELIVERED)
    runs.move_on(run)
    _change(project.pk, 1_000)
    with _timed(figures, "1,000 users changed: computed, s"):
        compute(everybody, "benchmark")
    second = runs.start(sync, "benchmark")
    Run.objects.filter(pk=second.pk).update(started_at=now() - timedelta(hours=1))
    with _timed(figures, "… told of, s"):
        second = runs.move_on(second)
    assert second.left == 1_000
    figures["memory of the process grew by, MB"] = round(_memory() - memory)
    return figures


@contextmanager
def _timed(figures: dict[str, Any], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    figures[name] = f"{time.perf_counter() - started:.1f}"


def _memory() -> float:
    """The most this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(project: int, users: int, events_per_user: int) -> int:
    from django.db import connection

    (_fill_postgresql if connection.vendor == "postgresql" else _fill_sqlite)(project, users, events_per_user)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE events_event")
            cursor.execute("VACUUM ANALYZE events_profile")
        cursor.execute("SELECT count(*) FROM events_event")
        return int(cursor.fetchone()[0])


EVENT_COLUMNS = "project_id, uuid, topic, event_type, user_id, event_time, received_at, data"
PROFILE = '{"plan": "%s", "country": "DE", "email": "user%s@example.com", "logins": %s, "signed_up": "2026-01-15"}'
EVENT = (
    '{"event_type": "%s", "event_time": "2026-01-15 09:30:00.123", "user_id": "user-%s", "uuid": "%s", '
    '"event_properties": {"total": %s, "currency": "EUR", "items": [{"sku": "A-1", "quantity": 2}], "coupon": null}, '
    '"user_properties": {"plan": "pro", "country": "DE"}, "platform": "Web", "app": 1, "library": "bench/1.0"}'
)


def _fill_postgresql(project: int, users: int, events_per_user: int) -> None:
    from django.db import connection

    plan = "(ARRAY['free', 'pro', 'team', 'trial'])[1 + n %% 4]"
    kind = f"(ARRAY[{', '.join(repr(name) for name in TYPES)}])[1 + (n / {users} * 3 + n * 7) %% {len(TYPES)}]"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_profile (project_id, identity, properties, groups, created_at, updated_at) "
            f"SELECT %s, 'u:user-' || n, format(%s, {plan}, n, n %% 100)::json, '{{}}', now(), now() "
            "FROM generate_series(1, %s) AS n",
            [project, PROFILE, users],
        )
        total = users * events_per_user
        for start in range(0, total, 500_000):
            cursor.execute(
                f"INSERT INTO events_event ({EVENT_COLUMNS}) "
                f"SELECT %s, gen_random_uuid(), 'event.track', {kind}, 'user-' || (1 + n %% %s), "
                "now() - make_interval(secs => (%s - n) * 7776000.0 / %s), now(), "
                f"format(%s, {kind}, 1 + n %% %s, gen_random_uuid(), (n * 31) %% 200)::json "
                "FROM generate_series(%s::bigint, %s::bigint) AS n",
                [project, users, total, total, EVENT, users, start + 1, min(start + 500_000, total)],
            )


def _fill_sqlite(project: int, users: int, events_per_user: int) -> None:
    from django.db import connection

    series = "WITH RECURSIVE s(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM s WHERE n < %s)"
    plan = "CASE n %% 4 WHEN 0 THEN 'free' WHEN 1 THEN 'pro' WHEN 2 THEN 'team' ELSE 'trial' END"
    cases = " ".join(f"WHEN {number} THEN '{name}'" for number, name in enumerate(TYPES))
    kind = f"CASE (n / {users} * 3 + n * 7) %% {len(TYPES)} {cases} END"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_profile (project_id, identity, properties, groups, created_at, updated_at) "
            f"{series} SELECT %s, 'u:user-' || n, printf(%s, {plan}, n, n %% 100), '{{}}', "
            "datetime('now'), datetime('now') FROM s",
            [1, users, project, PROFILE],
        )
        total = users * events_per_user
        cursor.execute(
            f"INSERT INTO events_event ({EVENT_COLUMNS}) "
            f"{series} SELECT %s, lower(hex(randomblob(16))), 'event.track', {kind}, 'user-' || (1 + n %% %s), "
            "datetime('now', printf('-%%d seconds', (%s - n) * 7776000 / %s)), datetime('now'), "
            f"printf(%s, {kind}, 1 + n %% %s, n, (n * 31) %% 200) FROM s",
            [1, total, project, users, total, total, EVENT, users],
        )


def _change(project: int, count: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_profile SET properties = '{}' WHERE project_id = %s AND identity IN "
            "(SELECT identity FROM events_profile WHERE project_id = %s ORDER BY identity LIMIT %s)",
            [project, project, count],
        )
