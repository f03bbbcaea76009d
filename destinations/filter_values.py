"""The values that filters compare: numbers, texts, true and false, dates - read leniently, written one way. (pure)"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from events.jsontext import dumps

Scalar = str | int | float | bool
# From an event's value to what is compared, None where it is of another kind.
Key = Callable[[Any], Any]

SHOWN_CHARACTERS = 60
_NUMBER_CHARACTERS = 400
_DIGITS = re.compile(r"(\d+)", re.ASCII)
_TICK = timedelta(microseconds=1)


def plain(value: Scalar) -> Scalar:
    """A rule's value in its one form. A text that reads as a number, true or false becomes that: forms and YAML send
    texts, and a rule means the same either way."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    number = number_in(value)
    return number if number is not None and written(number) == value else value


def written(value: Any) -> str:
    """A value as text: 50 for 50.0, true for True, JSON for lists and objects."""
    kind = type(value)
    if kind is str:
        return value
    if kind is float and value.is_integer():
        return str(int(value))
    if kind is int or kind is float:
        return str(value)
    return dumps(value)


def shown(value: Any) -> str:
    """A value as sentences quote it, cut where it is long."""
    text = shortened(written(value), SHOWN_CHARACTERS)
    return f"“{text}”" if type(value) is str else text


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def number_in(text: str) -> int | float | None:
    if len(text) > _NUMBER_CHARACTERS or "_" in text or not text.isascii():
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def moment_in(text: str) -> datetime | None:
    """The moment that an ISO 8601 text or the export's "2026-01-15 09:30:00.123" names; without an offset, in UTC."""
    if text[4:5] != "-" or not 10 <= len(text) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def period_in(value: Any) -> tuple[datetime, datetime] | None:
    """The first and the last moment of the date or time that a rule names: a date is its whole day."""
    moment = moment_in(value) if isinstance(value, str) else None
    if moment is None:
        return None
    try:
        length = timedelta(days=1) if _is_date(value) else _TICK
        return moment, moment + length - _TICK
    except OverflowError:
        return None


def bounds(value: Scalar, *, as_version: bool = False) -> tuple[Key, Any, Any]:
    """How a rule's value is put in order: what turns an event's value into its like, the lowest and the highest of it.

    Numbers and dates compare as such; texts, and every version, part by part, their digits as numbers (2.9 < 2.10).
    """
    if not as_version and isinstance(value, (int, float)):
        return number_of, value, value
    period = None if as_version else period_in(value)
    if period is not None:
        return moment_of, *period
    key = order_of(written(value))
    return order_of, key, key


def number_of(value: Any) -> int | float | None:
    kind = type(value)
    if kind is int or kind is float:
        return value
    return number_in(value) if kind is str else None


def moment_of(value: Any) -> datetime | None:
    return moment_in(value) if type(value) is str else None


def order_of(value: Any) -> list[Any] | None:
    if type(value) not in (str, int, float):
        return None
    parts: list[Any] = _DIGITS.split(written(value)[:_NUMBER_CHARACTERS])
    parts[1::2] = map(int, parts[1::2])
    return parts


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
