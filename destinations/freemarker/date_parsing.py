"""Reading dates by a pattern, as leniently as Java's SimpleDateFormat does.

Numbers may be shorter or longer than their letters and beyond their range (February 30 is March 2); what
follows a match is ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from destinations.freemarker.date_fields import day_of_date, on_or_before
from destinations.freemarker.date_patterns import ERAS, HALF_DAYS, MONTHS, WEEKDAYS, Part, pattern_parts
from destinations.freemarker.time_zones import DAY, HOUR, MINUTE, Zone, named_offset
from destinations.freemarker.value_errors import BadValue, quoted

_NUMBER = re.compile(r"-?\d{1,18}")
_TEXT_LETTERS = "GEazZX"
_SHORTEST_FIELD = {"M": 2, "L": 2}  # more letters than these are read as a name


def parse_by_pattern(text: str, pattern: str, zone: Zone) -> int:
    """The moment, in milliseconds since 1970, that the text says; `zone` holds where the text names none.

    Raises BadValue for a malformed pattern and for text that does not match it.
    """
    reader = _Reader(text)
    parts = pattern_parts(pattern)
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        read = reader.literal(part.text) if not part.letter else reader.field(part, _is_number(following))
        if not read:
            raise BadValue(
                f"{quoted(text)} does not match the date format {quoted(pattern)}: "
                f"{quoted(text[reader.position :]) if text[reader.position :] else 'the end'} was found "
                f"where {quoted(part.text)} is due"
            )
    millis = reader.found.millis(zone)
    if reader.found.ambiguous_year and millis < _century_start():
        reader.found.fields["y"] += 100
        millis = reader.found.millis(zone)
    return millis


def _is_number(part: Part | None) -> bool:
    """Whether digits directly before this part must be counted, as there is nothing else to end them."""
    if part is None or not part.letter or part.letter in _TEXT_LETTERS:
        return False
    return part.width <= _SHORTEST_FIELD.get(part.letter, part.width)


def _century_start() -> int:
    """80 years ago, from where two-digit years count."""
    now = datetime.now(UTC)
    day = day_of_date(now.year - 80, now.month, now.day)
    return day * DAY + now.hour * HOUR + now.minute * MINUTE


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.found = _Found()

    def literal(self, literal: str) -> bool:
        if not self.text.startswith(literal, self.position):
            return False
        self.position += len(literal)
        return True

    def field(self, part: Part, counted: bool) -> bool:
        start = self.position
        while self.text[self.position : self.position + 1] in (" ", "\t"):
            self.position += 1
        letter, count = part.letter, part.width
        if letter in "zZ":
            return self._zone()
        if letter == "X":
            return self._iso_offset(count)
        if letter in "ML" and count > 2:
            return self._name("M", MONTHS, 1)
        if letter == "E":
            return self._name("E", WEEKDAYS, 0)
        if letter == "G":
            return self._name("G", ERAS, 0)
        if letter == "a":
            return self._name("a", HALF_DAYS, 0)
        return self._number(letter, count, start + count if counted else None)

    def _number(self, letter: str, count: int, stop: int | None) -> bool:
        if stop is not None and stop > len(self.text):
            return False
        match = _NUMBER.match(self.text, self.position, len(self.text) if stop is None else stop)
        if match is None:
            return False
        self.position = match.end()
        value = int(match[0])
        if letter in "yY" and count <= 2 and len(match[0]) == 2 and match[0].isdecimal():
            value = self._century(value)
        self.found.set("M" if letter == "L" else letter, value)
        return True

    def _century(self, year: int) -> int:
        start = datetime.now(UTC).year - 80
        self.found.ambiguous_year = year == start % 100
        return start // 100 * 100 + year + (100 if year < start % 100 else 0)

    def _name(self, letter: str, names: tuple[str, ...] | list[str], first: int) -> bool:
        rest = self.text[self.position : self.position + 10].lower()
        for shown in (names, [name[:3] for name in names]):
            matching = [name for name in shown if rest.startswith(name.lower())]
            if matching:
                longest = max(matching, key=len)
                self.position += len(longest)
                self.found.set(letter, list(shown).index(longest) + first)
                return True
        return False

    def _zone(self) -> bool:
        rest = self.text[self.position : self.position + 4].upper()
        if rest[:1] in ("+", "-"):
            return self._offset(colon=False, count=0)
        if rest.startswith("GMT"):
            self.position += 3
            if rest[3:] in ("+", "-"):
                return self._offset(colon=True, count=0)
            self.found.offset = 0
            return True
        named = named_offset(self.text, self.position)
        if named is None:
            return False
        self.found.offset = named[0] * MINUTE
        self.position += named[1]
        return True

    def _iso_offset(self, count: int) -> bool:
        sign = self.text[self.position : self.position + 1]
        if sign == "Z":
            self.position += 1
            self.found.offset = 0
            return True
        return sign in ("+", "-") and self._offset(colon=count == 3, count=count)

    def _offset(self, *, colon: bool, count: int) -> bool:
        hours = r"(\d\d?)" if colon and not count else r"(\d\d)"
        minutes = "()" if count == 1 else r":(\d\d)" if colon else r"(\d\d)"
        match = re.compile(rf"([+-]){hours}{minutes}").match(self.text, self.position)
        if match is None or int(match[2]) > 23 or int(match[3] or 0) > 59:
            return False
        self.position = match.end()
        offset = int(match[2]) * HOUR + int(match[3] or 0) * MINUTE
        self.found.offset = -offset if match[1] == "-" else offset
        return True


@dataclass(slots=True)
class _Found:
    """The fields that were read, each with the turn in which it was read: later ones decide in conflicts."""

    fields: dict[str, int] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    offset: int | None = None
    ambiguous_year: bool = False

    def set(self, letter: str, value: int) -> None:
        if letter == "u":  # Monday is 1
            letter, value = "E", value % 7 if 1 <= value <= 7 else value - 1
        self.fields[letter] = value
        self.turns[letter] = len(self.turns) + 1 if letter not in self.turns else max(self.turns.values()) + 1

    def millis(self, zone: Zone) -> int:
        wall = self._day() * DAY + self._clock()
        offset = zone.offset_at_wall(wall) if self.offset is None else self.offset
        return wall - offset

    def _day(self) -> int:
        year = self.fields.get("y", 1970)
        if self.fields.get("G") == 0:
            year = 1 - year
        if self.turns.get("Y", 0) > self.turns.get("y", 0):
            return self._day_of_week_year(self.fields["Y"], self.fields.get("w", 1))
        best = self._deciding()
        if best == "D":
            return day_of_date(year, 1, 1) + self.fields["D"] - 1
        if best == "w":
            return self._day_of_week_year(year, self.fields["w"])
        carried, month = divmod(self.fields.get("M", 1) - 1, 12)
        first = day_of_date(year + carried, month + 1, 1)
        if best == "W":
            week = on_or_before(first + 6, 0) - (7 if on_or_before(first + 6, 0) > first else 0)
            week = on_or_before(week + 6, self.fields["E"]) if "E" in self.fields else week
            return week + 7 * (self.fields["W"] - 1)
        if best == "F":
            return self._nth_weekday(first, year + carried, month + 1)
        return day_of_date(year + carried, month + 1, 1) + self.fields.get("d", 1) - 1

    def _day_of_week_year(self, year: int, week: int) -> int:
        start = on_or_before(day_of_date(year, 1, 1), 0)
        carried, weekday = divmod(self.fields.get("E", 0), 7)
        return start + 7 * (week - 1 + carried) + weekday

    def _nth_weekday(self, first: int, year: int, month: int) -> int:
        weekday, nth = self.fields.get("E", 0), self.fields.get("F", 1)
        if nth >= 0:
            return on_or_before(first + 7 * nth - 1, weekday)
        carried, following = divmod(month, 12)
        length = day_of_date(year + carried, following + 1, 1) - first
        return on_or_before(first + length + 7 * (nth + 1) - 1, weekday)

    def _deciding(self) -> str:
        """Which of d, W, F, D, w says the day: the one completed last, weeks needing a weekday if any has one."""
        turn = self.turns
        complete = {letter: turn.get(letter, 0) for letter in "dD"}
        for letter in "WFw":
            complete[letter] = max(turn[letter], turn["E"]) if letter in turn and "E" in turn else 0
        if not any(complete.values()):
            complete = {"W": turn.get("W", 0), "F": max(turn.get("F", 0), turn.get("E", 0)), "w": turn.get("w", 0)}
        best = max(complete.values())
        if not best:
            return "d"
        if complete.get("d") == best:
            return "d"
        if complete["W"] == best and turn.get("W", 0) >= turn.get("w", 0):
            return "F" if complete["F"] == best and turn.get("F", 0) > turn.get("W", 0) else "W"
        if complete["F"] == best and turn.get("F", 0) >= turn.get("w", 0):
            return "F"
        return "D" if complete.get("D") == best else "w"

    def _clock(self) -> int:
        return (
            self._hours() * HOUR
            + self.fields.get("m", 0) * MINUTE
            + self.fields.get("s", 0) * 1000
            + self.fields.get("S", 0)
        )

    def _hours(self) -> int:
        turn = self.turns
        of_day = max(("H", "k"), key=lambda letter: turn.get(letter, 0))
        of_half = max(("K", "h"), key=lambda letter: turn.get(letter, 0))
        half_turn = max(turn.get(of_half, 0), turn.get("a", 0))
        if turn.get(of_day, 0) and (turn[of_day] > half_turn or not (turn.get(of_half) and turn.get("a"))):
            hours = self.fields[of_day]
            return 0 if of_day == "k" and hours == 24 else hours
        hours = self.fields.get(of_half, 0)
        hours = 0 if of_half == "h" and hours == 12 else hours
        return hours + 12 * self.fields.get("a", 0)
