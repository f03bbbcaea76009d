"""Date patterns such as `yyyy-MM-dd HH:mm`, those of Java's SimpleDateFormat, and printing by them in English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from destinations.freemarker.date_fields import DateFields, fields_at, week_of_month, week_of_year
from destinations.freemarker.time_zones import MINUTE, Zone
from destinations.freemarker.value_errors import BadValue, quoted

MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
]
WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
ERAS = ("BC", "AD")
HALF_DAYS = ("AM", "PM")

_MOST_CHARACTERS = 500
_LETTERS = "GyYMLwWDdFEuaHkKhmsSzZX"
_PART = re.compile(r"''|'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")


class Part(NamedTuple):
    """A run of one pattern letter, or literal text with no letter."""

    letter: str
    width: int
    text: str


def checked_length(pattern: str) -> str:
    """The pattern itself. Raises BadValue for one of over 500 characters, which no cache should keep."""
    if len(pattern) > _MOST_CHARACTERS:
        raise BadValue(f"The date format has {len(pattern):,} characters; at most {_MOST_CHARACTERS} are read")
    return pattern


@lru_cache(maxsize=256)
def pattern_parts(pattern: str) -> tuple[Part, ...]:
    """The parts of a pattern.

    Raises BadValue for an unknown letter and for a quote that is not closed.
    """
    parts: list[Part] = []
    position = 0
    while position < len(pattern):
        match = _PART.match(pattern, position)
        if match is None:
            raise BadValue(f"The date format {quoted(pattern)} has a quote that is not closed")
        position = match.end()
        letter = match[2]
        if letter is None:
            parts.append(Part("", 0, _literal(match)))
            continue
        if letter not in _LETTERS:
            raise BadValue(
                f"\"{letter}\" in the date format {quoted(pattern)} means nothing; quote literal text, as in 'T'"
            )
        if letter == "X" and len(match[0]) > 3:
            raise BadValue(f"The date format {quoted(pattern)} has more than three X in a row")
        parts.append(Part(letter, len(match[0]), match[0]))
    return tuple(parts)


def _literal(match: re.Match[str]) -> str:
    if match[1] is not None:
        return match[1].replace("''", "'")
    return "'" if match[0] == "''" else match[0]


def print_by_pattern(millis: int, pattern: str, zone: Zone) -> str:
    """The moment as a pattern asks. Raises BadValue for a malformed pattern."""
    fields = fields_at(millis, zone)
    return "".join(_field(part, fields, millis, zone) if part.letter else part.text for part in pattern_parts(pattern))


def _field(part: Part, fields: DateFields, millis: int, zone: Zone) -> str:
    letter, count = part.letter, part.width
    if letter in "yY":
        return _year(fields.year if letter == "y" else week_of_year(fields)[0], count)
    if letter in "ML":
        return str(fields.month).zfill(count) if count < 3 else _name(MONTHS[fields.month - 1], count)
    if letter == "E":
        return _name(WEEKDAYS[fields.weekday], count)
    if letter == "G":
        return ERAS[fields.year > 0]
    if letter == "a":
        return HALF_DAYS[fields.hour >= 12]
    if letter == "z":
        return zone.name_at(millis, long=count >= 4)
    if letter in "ZX":
        return _offset(fields.offset, count if letter == "X" else 0)
    return str(_number(letter, fields)).zfill(count)


def _number(letter: str, fields: DateFields) -> int:
    match letter:
        case "d":
            return fields.day
        case "D":
            return fields.day_of_year
        case "w":
            return week_of_year(fields)[1]
        case "W":
            return week_of_month(fields)
        case "F":
            return (fields.day - 1) // 7 + 1
        case "u":
            return fields.weekday or 7
        case "H":
            return fields.hour
        case "k":
            return fields.hour or 24
        case "K":
            return fields.hour % 12
        case "h":
            return fields.hour % 12 or 12
        case "m":
            return fields.minute
        case "s":
            return fields.second
        case _:
            return fields.millisecond


def _year(year: int, count: int) -> str:
    of_era = year if year > 0 else 1 - year
    return str(of_era % 100).zfill(2) if count == 2 else str(of_era).zfill(count)


def _name(name: str, count: int) -> str:
    return name if count >= 4 else name[:3]


def _offset(offset: int, iso_letters: int) -> str:
    """`+0200`, or for ISO 8601 `Z` at UTC and `+02`, `+0200`, `+02:00` with one, two and three letters."""
    if iso_letters and not offset:
        return "Z"
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    written = f"{'-' if offset < 0 else '+'}{hours:02}"
    if iso_letters == 1:
        return written
    return f"{written}:{minutes:02}" if iso_letters == 3 else f"{written}{minutes:02}"
