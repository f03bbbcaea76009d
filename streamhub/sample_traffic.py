"""A day of invented traffic, written straight into the tables: for looking at full pages, and for measuring them."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from delivery.answer_times import column
from delivery.models import Attempt, Delivery, LaneCount, State
from destinations import specification
from destinations.models import Destination
from events import bulk
from events.counters import Tally, add_up
from events.models import Event, EventCount, Project, TypeCount, TypeRate
from events.received import TYPES_KEPT
from events.shape import time_text

PROJECT = "Sample traffic"
AT_ONCE = 5_000
TYPES = ("page_viewed", "cart_updated", "signup_finished", "order_completed", "plan_upgraded")
WEIGHTS = (40, 25, 12, 15, 8)


@dataclass(frozen=True, slots=True)
class Receiver:
    """How a receiver behaves: the share of deliveries that go wrong, the statuses then, its usual answer time in ms."""

    name: str
    url: str
    share: float  # of the events that it takes
    wrong: float
    statuses: tuple[int | None, ...]
    milliseconds: int


RECEIVERS = (
    Receiver("Order webhook", "https://hooks.shop.example/ingest/orders", 0.9, 0.004, (503,), 240),
    Receiver("CRM contact sync", "https://crm.example/api/v2/events", 0.6, 0.05, (429, 503, 429), 310),
    Receiver("Billing ledger", "https://billing.example/webhooks/usage", 0.4, 0.001, (500,), 95),
    Receiver("Support inbox", "https://support.example/hooks/streamhub", 0.3, 0.14, (None, 500, 422), 900),
)


def create(deliveries: int, hours: int = 24) -> Project:
    """A new project with about `deliveries` deliveries in the last `hours`, nothing of it ever sent."""
    number = Project.objects.filter(name__startswith=PROJECT).count()
    project = Project.objects.create(name=f"{PROJECT} {number + 1}" if number else PROJECT)
    lanes = [(_destination(project, receiver), receiver) for receiver in RECEIVERS]
    chance, end = random.Random(7), datetime.now(UTC)
    events = max(1, round(deliveries / sum(receiver.share for receiver in RECEIVERS)))
    for moments in _moments(events, hours, end, chance):
        with transaction.atomic():
            _write(project, lanes, moments, end, chance)
    # Switched off once it has a past: nothing may try to reach these addresses.
    Destination.objects.filter(project=project).update(enabled=False)
    return project


def _destination(project: Project, receiver: Receiver) -> Destination:
    given = {"name": receiver.name, "url": receiver.url, "enabled": False}
    return specification.save(project, given)[0]


def _moments(events: int, hours: int, end: datetime, chance: random.Random) -> Iterator[list[datetime]]:
    """When events came in, oldest first, in batches: more by day than by night."""
    weights = [1.2 + math.sin((end - timedelta(hours=hours - h)).hour / 24 * 2 * math.pi - 2) for h in range(hours)]
    batch: list[datetime] = []
    for hour, weight in enumerate(weights):
        begin = end - timedelta(hours=hours - hour)
        count = round(events * weight / sum(weights))
        for offset in sorted(chance.random() for _ in range(count)):
            batch.append(begin + timedelta(hours=offset))
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch


def _write(
    project: Project,
    lanes: list[tuple[Destination, Receiver]],
    moments: list[datetime],
    end: datetime,
    chance: random.Random,
) -> None:
    received, counted = Tally(EventCount, "project_id"), Tally(LaneCount, "destination_id")
    rates = Tally(TypeRate, "project_id", "event_type", kept=TYPES_KEPT)
    types: dict[tuple[int, object, str], dict[str, int]] = {}
    event_rows, delivery_rows, attempt_rows = [], [], []
    event_ids = bulk.reserve_ids(Event, len(moments))
    for pk, at in zip(event_ids, moments, strict=True):
        event_type, user = chance.choices(TYPES, WEIGHTS)[0], f"user_{chance.randrange(20_000)}"
        event_rows.append(_event(pk, project, event_type, user, at, chance))
        received.add(project.pk, at, "received")
        rates.add((project.pk, event_type), at, "received")
        of_type = types.setdefault((project.pk, at.date(), event_type), {"received": 0})
        of_type["received"] += 1
        for destination, receiver in lanes:
            if chance.random() < receiver.share:
                delivery_rows.append(_delivery(project, destination, receiver, pk, at, end, chance))
    ids = bulk.reserve_ids(Delivery, len(delivery_rows))
    receivers = {destination.pk: receiver for destination, receiver in lanes}
    for pk, row in zip(ids, delivery_rows, strict=True):
        attempt_rows.append(_attempt(pk, row, receivers[row[1]], chance))
        _count(counted, row, attempt_rows[-1][3])
    bulk.insert(Event, EVENT_COLUMNS, event_rows)
    bulk.insert(Delivery, DELIVERY_COLUMNS, [(pk, *row) for pk, row in zip(ids, delivery_rows, strict=True)])
    bulk.insert(Attempt, ATTEMPT_COLUMNS, attempt_rows)
    received.write(end)
    counted.write(end)
    rates.write(end)
    add_up(TypeCount, ("project_id", "day", "event_type"), types)


EVENT_COLUMNS = (
    "id", "project_id", "uuid", "topic", "event_type", "user_id", "event_time", "received_at", "data",
)  # fmt: skip
DELIVERY_COLUMNS = (
    "id", "project_id", "destination_id", "event_id", "state", "attempts_made", "created_at", "next_attempt_at",
    "finished_at", "last_status", "last_error",
)  # fmt: skip
ATTEMPT_COLUMNS = (
    "delivery_id", "number", "started_at", "duration_ms", "tries", "request_method", "request_url", "request_headers",
    "request_body", "status", "response_headers", "response_body", "error", "error_kind",
)  # fmt: skip


def _event(pk: int, project: Project, event_type: str, user: str, at: datetime, chance: random.Random) -> tuple:
    uuid = UUID(int=chance.getrandbits(128), version=4)
    data = {
        "event_type": event_type,
        "event_time": time_text(at),
        "user_id": user,
        "uuid": str(uuid),
        "event_properties": {
            "plan": chance.choice(["free", "pro", "team"]),
            "amount": chance.randrange(500, 40_000) / 100,
        },
        "user_properties": {"email": f"{user}@example.com"},
        "platform": "Web",
        "app": project.pk,
    }
    return pk, project.pk, uuid, "event.track", event_type, user, at, at, bulk.json(data)


def _delivery(
    project: Project,
    destination: Destination,
    receiver: Receiver,
    event: int,
    at: datetime,
    end: datetime,
    chance: random.Random,
) -> tuple:
    if chance.random() >= receiver.wrong:
        done = at + timedelta(milliseconds=receiver.milliseconds)
        return project.pk, destination.pk, event, State.DELIVERED.value, 1, at, None, done, 200, ""
    status = chance.choice(receiver.statuses)
    words = f"{status}" if status else "No answer within 10 s."
    if end - at < timedelta(hours=3):
        planned = end + timedelta(seconds=chance.randrange(20, 7_000))
        return project.pk, destination.pk, event, State.RETRYING.value, 1, at, planned, None, status, words
    return project.pk, destination.pk, event, State.EXPIRED.value, 1, at, None, at + timedelta(hours=4), status, words


def _attempt(delivery: int, row: tuple, receiver: Receiver, chance: random.Random) -> tuple:
    status = row[8]
    took = round(receiver.milliseconds * chance.lognormvariate(0, 0.45)) if status else 10_000
    tries = bulk.json([{"at": row[5].timestamp(), "ms": took, "status": status, "error": row[9]}])
    body = bulk.json({"event": row[2], "plan": "pro", "email": "user@example.com"})
    headers = '[["Content-Type", "application/json"]]'
    answer = '{"ok": true}' if status == 200 else ""
    kind = "" if status == 200 else "status" if status else "timeout"
    error = row[9] if status is None else ""
    return (
        delivery, 1, row[5], took, tries, "POST", receiver.url, headers, body, status, "[]", answer, error, kind,
    )  # fmt: skip


def _count(counted: Tally, row: tuple, took: int) -> None:
    destination, state, at, status = row[1], row[3], row[5], row[8]
    counted.add(destination, at, "created")
    counted.add(destination, at, state)
    if state == State.DELIVERED:
        counted.add(destination, at, "delivered_first")
    answers = "none" if status is None else "429" if status == 429 else f"{status // 100}xx"
    counted.add(destination, at, f"answers_{answers}")
    counted.add(destination, at, column(took))
