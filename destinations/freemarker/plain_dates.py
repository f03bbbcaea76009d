"""Dates as nearly every event has them, `yyyy-MM-dd HH:mm:ss.SSS` and the like: read and printed without detours.

Only patterns of whole digits, and only moments that such a pattern says without leniency; for all else these
functions give None, and the general way is taken.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from destinations.freemarker.date_patterns import pattern_parts
from destinations.freemarker.time_zones import DAY, HOUR, MINUTE, UTC_ZONE, Zone
from destinations.freemarker.value_errors import BadValue

_WIDTHS = {"y": 4, "M": 2, "d": 2, "H": 2, "m": 2, "s": 2}
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_YEAR = 1600  # before it the calendar changes
_FIRST = (date(_FIRST_YEAR, 1, 1).toordinal() - _EPOCH) * DAY
_LAST = (date(9999, 1, 1).toordinal() - _EPOCH) * DAY

_Reader = tuple[re.Pattern[str], tuple[str, ...]]


def read_plain(text: str, pattern: str, zone: Zone) -> int | None:
    """Milliseconds since 1970, or None."""
    reader = _reader_of(pattern)
    found = reader and reader[0].match(text)
    if not reader or not found:
        return None
    fields = dict(zip(reader[1], map(int, found.groups()), strict=True))
    year, hour, minute, second = fields.get("y", 1970), fields.get("H", 0), fields.get("m", 0), fields.get("s", 0)
    if year < _FIRST_YEAR or hour > 23 or minute > 59 or second > 59:
        return None
    try:
        day = date(year, fields.get("M", 1), fields.get("d", 1)).toordinal() - _EPOCH
    except ValueError:
        return None
    wall = day * DAY + hour * HOUR + minute * MINUTE + second * 1000 + fields.get("S", 0)
    return wall if zone is UTC_ZONE else wall - zone.offset_at_wall(wall)


def print_plain(millis: int, pattern: str, zone: Zone) -> str | None:
    """The moment as the pattern says, or None."""
    printer = _printer_of(pattern)
    wall = millis if zone is UTC_ZONE else millis + zone.offset_at(millis)
    if printer is None or not _FIRST <= wall < _LAST:
        return None
    day, rest = divmod(wall, DAY)
    when = date.fromordinal(day + _EPOCH)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    second, fraction = divmod(rest, 1000)
    return printer.format(y=when.year, M=when.month, d=when.day, H=hour, m=minute, s=second, S=fraction)


@lru_cache(maxsize=128)
def _reader_of(pattern: str) -> _Reader | None:
    parts = _parts_of(pattern)
    if parts is None:
        return None
    form = ""
    letters: list[str] = []
    for position, (letter, width, literal) in enumerate(parts):
        if not letter:
            form += re.escape(literal)
            continue
        letters.append(letter)
        last = position + 1 == len(parts)
        if letter == "S":
            if not last and parts[position + 1][0]:
                return None
            form += "([0-9]{1,9})(?![0-9])"
        else:
            form += f"([0-9]{{{width}}})" + ("" if not last and parts[position + 1][0] else "(?![0-9])")
    return re.compile(form), tuple(letters)


@lru_cache(maxsize=128)
def _printer_of(pattern: str) -> str | None:
    parts = _parts_of(pattern)
    if parts is None:
        return None
    return "".join(
        f"{{{letter}:0{width}d}}" if letter else literal.replace("{", "{{").replace("}", "}}")
        for letter, width, literal in parts
    )


def _parts_of(pattern: str) -> list[tuple[str, int, str]] | None:
    """Letter, width and literal text of each part, if the pattern is one of plain digits."""
    if len(pattern) > 60 or pattern.startswith(("iso", "xs", "@")):
        return None
    try:
        parts = [(part.letter, part.width, part.text) for part in pattern_parts(pattern)]
    except BadValue:
        return None
    letters = [letter for letter, _, _ in parts if letter]
    if not letters or len(set(letters)) < len(letters):
        return None
    if any(letter != "S" and _WIDTHS.get(letter) != width for letter, width, _ in parts if letter):
        return None
    return parts


__all__ = ["print_plain", "read_plain"]
