"""How long list pages take, with their queries and templates, while the log is long.

python -m tests.benchmarks pages [--deliveries N] [--rounds N] [--document]

On a throw-away PostgreSQL, or on the one that DATABASE_URL names (what is there already is used again).
"""

import argparse
import os
import subprocess
import sys
import time
from statistics import quantiles
from typing import Any

from tests import postgres
from tests.benchmarks.document import write_table

MOST_MS = 200


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="pages", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    options = parser.parse_args(arguments)
    if os.environ.get("DATABASE_URL"):
        measure(options)
        return
    with postgres.server() as url:  # settings are read once, so the measuring process is a new one
        command = [sys.executable, "-m", "tests.benchmarks", "pages", *arguments]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=True)


def measure(options: argparse.Namespace) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    project, seconds = _seeded(options.deliveries)
    client = _client()
    lines = ["| page | p50 ms | p95 ms |", "| --- | ---: | ---: |"]
    slow = []
    for title, url in _pages(project).items():
        p50, p95 = _times(client, url, options.rounds)
        lines.append(f"| {title} | {p50:.0f} | {p95:.0f} |")
        slow += [title] * (p95 > MOST_MS)
        print(lines[-1], flush=True)
    print(f"\n{options.deliveries:,} deliveries, seeded in {seconds:.0f} s; over {MOST_MS} ms: {slow or 'none'}")
    if options.document:
        write_table("pages", [f"{options.deliveries:,} deliveries on PostgreSQL:", "", *lines])


def _seeded(deliveries: int) -> tuple[Any, float]:
    from django.db import connection

    from delivery.models import Delivery
    from events.models import Project
    from streamhub import sample_traffic

    began = time.monotonic()
    wanted = 0.9 * deliveries
    for project in Project.objects.filter(name__startswith=sample_traffic.PROJECT):
        if Delivery.objects.filter(project=project).count() >= wanted:
            return project, 0.0
    project = sample_traffic.create(deliveries, hours=29 * 24)
    took = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # what autovacuum has done where rows came in over a month
    return project, took


def _client() -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    user, _ = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def _times(client: Any, url: str, rounds: int) -> tuple[float, float]:
    """(p50, p95) in milliseconds, after a first look that warms the caches of the database."""
    from django.core.cache import cache

    took = []
    for _ in range(rounds + 1):
        cache.clear()
        began = time.perf_counter()
        answer = client.get(url)
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, (url, answer.status_code)
    cuts = quantiles(took[1:], n=20, method="inclusive")
    return cuts[9], cuts[18]


def _pages(project: Any) -> dict[str, str]:
    from django.urls import reverse

    from delivery.models import Delivery

    newest = Delivery.objects.filter(project=project).order_by("-pk").select_related("event").first()
    oldest = Delivery.objects.filter(project=project).order_by("pk").first()
    lane = newest.destination_id

    def page(name: str, *arguments: Any, **query: Any) -> str:
        from urllib.parse import urlencode

        return reverse(name, args=[project.slug, *arguments]) + (f"?{urlencode(query)}" if query else "")

    log = {
        "newest": {},
        "the oldest page": {"before": oldest.pk + 40},
        "a destination": {"destination": lane},
        "delivered": {"state": "delivered"},
        "not delivered": {"state": "undelivered"},
        "waiting": {"state": "waiting"},
        "queued (none)": {"state": "queued"},
        "failures of a destination": {"state": "undelivered", "destination": lane},
        "an event type": {"type": "order_completed"},
        "an event type that nothing has": {"type": "no_such_type"},
        "5xx": {"answer": "5xx"},
        "3xx (none)": {"answer": "3xx"},
        "no answer": {"answer": "none"},
        "no answer, of a destination": {"answer": "none", "destination": lane},
        "text of an error": {"error": "no answer within"},
        "text that no error has": {"error": "no such text"},
        "an event’s id": {"q": newest.event.uuid},
        "a delivery’s id": {"q": newest.pk},
        "a user": {"q": newest.event.user_id},
        "a user with failures": {"q": newest.event.user_id, "state": "undelivered"},
        "a user that is not there": {"q": "nobody@example.com"},
        "the last hour": {"range": 1},
        "the last 7 days, failed": {"range": 168, "state": "expired"},
    }
    return {f"deliveries: {title}": page("deliveries", **query) for title, query in log.items()} | {
        "delivery": page("delivery", newest.pk),
        "event": page("event", newest.event_id),
        "live events": page("events"),
        "live events of a user": page("events", user=newest.event.user_id),
        "live events of a type that nothing has": page("events", type="no_such_type"),
        "overview": page("overview"),
        "overview, 7 days": page("overview", range="7d"),
        "destinations": page("destinations"),
        "a destination’s activity": page("destination_activity", lane),
        "queues": page("queues"),
        "project settings": page("project"),
    }
