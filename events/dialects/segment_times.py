"""Times of a Segment-spec message: when it happened, when it was sent, when it came."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from events.dialects.amplitude_times import EARLIEST, LATEST, from_iso

SHOWN = 40  # characters of a time that is none


@dataclass(frozen=True, slots=True)
class Times:
    """`happened` by the server's clock, `original` and `sent` by the sender's."""

    happened: datetime
    original: datetime
    sent: datetime


def read_times(message: dict[str, Any], batch_sent_at: Any, received: datetime, notes: list[str]) -> Times:
    """An explicit `timestamp` counts as it is. Otherwise received - (sentAt - originalTimestamp), which takes a wrong
    clock out; what is missing, or no time (noted), counts as the time of receipt."""
    timestamp = _read(message, "timestamp", notes)
    sent = _read(message, "sentAt", notes) or parsed(batch_sent_at) or received
    original = _read(message, "originalTimestamp", notes)
    if timestamp is not None:
        return Times(timestamp, original or timestamp, sent)
    if original is None:
        return Times(received, received, sent)
    try:
        happened = received - (sent - original)
    except OverflowError:
        happened = original
    return Times(happened if EARLIEST <= happened < LATEST else original, original, sent)


def _read(message: dict[str, Any], name: str, notes: list[str]) -> datetime | None:
    value = message.get(name)
    if value in (None, ""):
        return None
    moment = parsed(value)
    if moment is None:
        notes.append(f"{name} is no time: {str(value)[:SHOWN]}")
    return moment


def parsed(value: Any) -> datetime | None:
    return from_iso(value) if isinstance(value, str) else None


def iso(moment: datetime) -> str:
    """`2026-08-19T10:00:00.123Z`"""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
