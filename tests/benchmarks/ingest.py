"""What it costs to take events in: microseconds of CPU per event, step by step.

    python -m tests.benchmarks ingest [--requests N] [--batch N]

Uses the database that DATABASE_URL names (a scratch SQLite file without it), in a transaction that is rolled back.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import django
import orjson


def main(arguments: list[str]) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=50)
    options.add_argument("--batch", type=int, default=100)
    given = options.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}, {given.requests} requests of {given.batch} events; median µs of CPU per event")
    with transaction.atomic():
        measure(given.requests, given.batch)
        transaction.set_rollback(True)


def measure(requests: int, batch: int) -> None:
    from django.test import RequestFactory

    from events import accept as road
    from events.dialects import amplitude
    from events.dialects.amplitude_events import EventReader
    from events.dialects.jsonbody import read_json
    from events.groups import update_groups
    from events.models import Project
    from events.profiles import update_profiles

    road.wake_router = lambda: None
    project = Project.objects.create(name=f"Benchmark {uuid4()}")
    report = Report()
    factory = RequestFactory()
    for number in range(requests):
        received = datetime.now(UTC)
        document = report.step("parse", read_json, body(project.api_key, batch))
        reader = EventReader(project.pk, received, address="192.0.2.1", unclean=False, long_strings=False)
        incoming = report.step("check and shape", reader.read, document.value["events"])
        report.step("keep copies out", road._without_copies, project, incoming, received)
        step = "profiles, known users" if number else "profiles, new users"
        report.step(step, update_profiles, project, incoming, received)
        report.step("groups", update_groups, project, incoming, received)
        report.step("store", road._store, project, incoming, received)
        again = factory.post("/2/httpapi", body(project.api_key, batch), content_type="application/json")
        report.step("the whole view", amplitude.httpapi, again)
    report.show(batch)


class Report:
    """CPU and clock seconds of each call, by step."""

    def __init__(self) -> None:
        self.calls: dict[str, list[tuple[float, float]]] = {}

    def step(self, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        cpu, clock = time.process_time(), time.perf_counter()
        result = work(*arguments)
        spent = time.process_time() - cpu, time.perf_counter() - clock
        self.calls.setdefault(name, []).append(spent)
        return result

    def show(self, batch: int) -> None:
        for name, calls in self.calls.items():
            cpu, clock = (statistics.median(column) / batch * 1e6 for column in zip(*calls, strict=True))
            print(f"  {name:<24}{cpu:8.1f}   ({clock:.1f} by the clock)")


def body(api_key: str, batch: int) -> bytes:
    return orjson.dumps({"api_key": api_key, "events": [event(number) for number in range(batch)]})


def event(number: int) -> dict[str, Any]:
    """About a kilobyte, as a browser SDK would send it."""
    return {
        "event_type": "Order Placed",
        "user_id": f"customer-{number:06d}",
        "device_id": str(uuid4()),
        "session_id": 1700000000000 + number,
        "time": int(time.time() * 1000),
        "event_id": number,
        "insert_id": str(uuid4()),
        "library": "amplitude-ts/2.45.10",
        "platform": "Web",
        "os_name": "Chrome",
        "os_version": "131",
        "language": "en-US",
        "ip": "$remote",
        "country": "Germany",
        "city": "Berlin",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0",
        "device_manufacturer": "Unknown",
        "region": "Land Berlin",
        "app_version": "4.11.2",
        "event_properties": {
            "order_id": f"A-{number}",
            "total": 129.5,
            "currency": "EUR",
            "coupon": "AUTUMN",
            "items": [
                {"sku": "chair-oak", "quantity": 2, "price": 15.25, "category": "Furniture"},
                {"sku": "table-oak", "quantity": 1, "price": 99.0, "category": "Furniture"},
            ],
            "page": "https://shop.example/checkout/thank-you?campaign=autumn",
        },
        "user_properties": {"plan": "pro", "age": 33, "tags": ["early", "newsletter"]},
    }
