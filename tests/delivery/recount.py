"""The counters as they must be: counted again from the rows themselves."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from delivery.answer_times import column
from delivery.models import Attempt, Delivery, LaneCount, State
from events.counters import HOUR, MINUTE, Tally
from events.models import Event

Counted = dict[tuple[int, int], Counter[str]]  # (destination or project id, seconds that a row covers)


def deliveries() -> Counted:
    """By destination, and by what LaneCount has columns for, over all time."""
    found: Counted = defaultdict(Counter)
    for span in (MINUTE, HOUR):
        for delivery in Delivery.objects.all():
            found[delivery.destination_id, span].update(_columns(delivery))
        for attempt in Attempt.objects.select_related("delivery"):
            found[attempt.delivery.destination_id, span].update(_attempt_columns(attempt))
    return {key: +counts for key, counts in found.items()}


def hours_of_creation() -> dict[tuple[int, datetime], Counter[str]]:
    """By destination and the hour in which deliveries were created."""
    found: dict[tuple[int, datetime], Counter[str]] = defaultdict(Counter)
    for delivery in Delivery.objects.all():
        hour = delivery.created_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        found[delivery.destination_id, hour].update(_columns(delivery))
    return dict(found)


def events() -> Counted:
    found: Counted = defaultdict(Counter)
    for span in (MINUTE, HOUR):
        for project in Event.objects.values_list("project_id", flat=True):
            found[project, span]["received"] += 1
    return dict(found)


def sums(model: type[Model], owner: str) -> Counted:
    """What the rows of a counter say, summed up like the above."""
    columns = [f.attname for f in model._meta.concrete_fields if f.attname not in (owner, "span", "start")]
    found: Counted = defaultdict(Counter)
    for row in model._default_manager.all():
        counts = {name: getattr(row, name) for name in columns}
        found[getattr(row, owner), row.span].update(counts)
    return {key: Counter({name: n for name, n in counts.items() if n}) for key, counts in found.items()}


def add(*written: Delivery) -> None:
    """Counts deliveries, and their attempts, that a test has written without the road. Attempts count as they began."""
    tally = Tally(LaneCount, "destination_id")
    for delivery in written:
        for name in _columns(delivery):
            tally.add(delivery.destination_id, delivery.created_at, name)
        for attempt in delivery.attempts.all():
            for name in _attempt_columns(attempt):
                tally.add(delivery.destination_id, attempt.started_at, name)
    tally.write(datetime.now(UTC))


def _columns(delivery: Delivery) -> list[str]:
    columns = ["created"]
    if delivery.state != State.QUEUED:
        columns.append(delivery.state)
    if delivery.state == State.DELIVERED and not delivery.attempts.exclude(status__range=(200, 299)).exists():
        columns.append("delivered_first")
    return columns


def _attempt_columns(attempt: Attempt) -> list[str]:
    columns = [_answer(attempt.status)]
    tries: list[dict[str, Any]] = attempt.tries
    if tries and (attempt.status is not None or attempt.error_kind == "timeout"):
        columns.append(column(tries[-1]["ms"]))
    return columns


def _answer(status: int | None) -> str:
    if status == 429:
        return "answers_429"
    return "answers_none" if status is None else f"answers_{str(status)[0]}xx"
