"""What SQLite lacks and cohorts' statements call: texts in natural order, lenient numbers and dates, patterns."""

from datetime import UTC
from functools import lru_cache
from typing import Any

from django.db.backends.signals import connection_created

from cohorts.conditions_sql import natural_key, of_64_bits
from destinations import filter_values
from destinations.filter_patterns import Undecided, finder


def connect() -> None:
    connection_created.connect(_add, dispatch_uid="cohorts.sqlite_functions")


def _add(connection: Any, **_: Any) -> None:
    if connection.vendor != "sqlite":
        return
    for name, count, function in (
        ("natural_key", 1, natural_key),
        ("number_in", 1, number_in),
        ("moment_in", 1, moment_in),
        ("pattern_found", 2, pattern_found),
    ):
        connection.connection.create_function(name, count, function, deterministic=True)


def number_in(value: Any) -> int | float | None:
    number = filter_values.number_of(value)
    return None if number is None else of_64_bits(number)


def moment_in(value: Any) -> str | None:
    """UTC as text of one length, so that texts compare as their moments do."""
    moment = filter_values.moment_of(value)
    return None if moment is None else moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def pattern_found(text: str | None, pattern: str) -> bool:
    """A text on which the pattern takes too long does not match: a group of users must not hang on one of them."""
    try:
        return text is not None and _finder(pattern)(str(text))
    except Undecided:
        return False


_finder = lru_cache(maxsize=64)(finder)
