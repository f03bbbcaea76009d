"""Filters on moments: epoch numbers, and the text forms that analytics events carry. All is UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from destinations.jinja.faults import Fault
from destinations.jinja.text import NUMBERS, name_of, require

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 100_000_000_000
"""A number from here on (March 1973 in milliseconds) counts milliseconds, below it seconds."""


def date(value: Any, format: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    """The moment in a `strftime` format, in UTC; `%f` is microseconds, `%3f` milliseconds."""
    moment = _moment(value)
    if len(format) > 100:
        raise Fault("other", "A date format has at most 100 characters.")
    try:
        return moment.strftime(format.replace("%3f", f"{moment.microsecond // 1000:03d}"))
    except (ValueError, UnicodeError):
        raise Fault("other", f"{format!r} is no date format.", 'For example "%Y-%m-%d %H:%M:%S".') from None


def epoch(value: Any) -> int:
    """Whole seconds since 1970."""
    return (_moment(value) - _EPOCH) // timedelta(seconds=1)


def epoch_ms(value: Any) -> int:
    """Whole milliseconds since 1970."""
    return (_moment(value) - _EPOCH) // timedelta(milliseconds=1)


def _moment(value: Any) -> datetime:
    require(value)
    try:
        if type(value) in NUMBERS and type(value) is not bool:
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            return _EPOCH + timedelta(seconds=float(seconds))
        if type(value) is str and len(value) <= 40:
            if value.isdigit():
                return _moment(int(value))
            moment = datetime.fromisoformat(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    shown = f"“{value[:40]}”" if type(value) is str else name_of(value)
    tip = 'Known are epoch seconds or milliseconds and "2023-08-16 17:26:03.123" or ISO 8601; no zone means UTC.'
    raise Fault("other", f"{shown} is not a date.", tip)


TIME: dict[str, Callable[..., Any]] = {"date": date, "epoch": epoch, "epoch_ms": epoch_ms}
