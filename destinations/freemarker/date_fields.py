"""Days and milliseconds as years, months, weeks and hours, and back.

Dates before 15 October 1582 are of the Julian calendar, unless asked otherwise; years before 1 count down
(0 is 1 BC). Weeks start on Sunday, and week 1 is the one with 1 January.
"""

from __future__ import annotations

from dataclasses import dataclass

from destinations.freemarker.time_zones import DAY, HOUR, MINUTE, Zone

_FIRST_GREGORIAN_DAY = -141_427  # 1582-10-15
_GREGORIAN_CYCLE = 146_097
_JULIAN_CYCLE = 1_461


@dataclass(frozen=True, slots=True)
class DateFields:
    """One moment as a calendar and a clock in some zone show it. Weekday 0 is Sunday, day of year starts at 1."""

    year: int
    month: int
    day: int
    weekday: int
    day_of_year: int
    hour: int
    minute: int
    second: int
    millisecond: int
    offset: int


def fields_at(millis: int, zone: Zone, *, gregorian: bool = False) -> DateFields:
    """The fields at a moment in milliseconds since 1970; `gregorian` extends that calendar to all times."""
    offset = zone.offset_at(millis)
    days, clock = divmod(millis + offset, DAY)
    year, month, day = date_of_day(days, gregorian=gregorian)
    return DateFields(
        year,
        month,
        day,
        weekday_of(days),
        days - day_of_date(year, 1, 1, gregorian=gregorian) + 1,
        clock // HOUR,
        clock // MINUTE % 60,
        clock // 1000 % 60,
        clock % 1000,
        offset,
    )


def date_of_day(days: int, *, gregorian: bool = False) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970."""
    shifted = days + 719_468  # counted from 1 March of the year 0
    if gregorian or days >= _FIRST_GREGORIAN_DAY:
        era, day = divmod(shifted, _GREGORIAN_CYCLE)
        year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
        day -= 365 * year + year // 4 - year // 100
        year += era * 400
    else:
        era, day = divmod(shifted + 2, _JULIAN_CYCLE)
        year = (day - day // 1_460) // 365
        day -= 365 * year
        year += era * 4
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    return (year + 1, month - 9, day + 1) if month >= 10 else (year, month + 3, day + 1)


def day_of_date(year: int, month: int, day: int, *, gregorian: bool = False) -> int:
    """Days since 1970; a day beyond its month counts on into the next."""
    days = _gregorian_day(year, month, day)
    if gregorian or days >= _FIRST_GREGORIAN_DAY:
        return days
    return _julian_day(year, month, day)


def weekday_of(days: int) -> int:
    """0 for Sunday to 6 for Saturday."""
    return (days + 4) % 7


def on_or_before(days: int, weekday: int) -> int:
    """The last such weekday up to this day."""
    return days - (weekday_of(days) - weekday) % 7


def week_of_month(fields: DateFields) -> int:
    """1 for the days up to the first Saturday."""
    first = (fields.weekday - fields.day + 1) % 7
    return (fields.day - 1 + first) // 7 + 1


def week_of_year(fields: DateFields) -> tuple[int, int]:
    """The year that the week is counted in, and its number."""
    days = day_of_date(fields.year, 1, 1) + fields.day_of_year - 1
    next_start = on_or_before(day_of_date(fields.year + 1, 1, 1), 0)
    if days >= next_start:
        return fields.year + 1, 1
    return fields.year, (days - on_or_before(day_of_date(fields.year, 1, 1), 0)) // 7 + 1


def _gregorian_day(year: int, month: int, day: int) -> int:
    year, month = _from_march(year, month)
    return year * 365 + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1 - 719_468


def _julian_day(year: int, month: int, day: int) -> int:
    year, month = _from_march(year, month)
    return year * 365 + year // 4 + (153 * month + 2) // 5 + day - 1 - 719_470


def _from_march(year: int, month: int) -> tuple[int, int]:
    """Years that begin in March, so that a leap day is the last of one; March is month 0."""
    return (year - 1, month + 9) if month <= 2 else (year, month - 3)
