"""Dates as ISO 8601 and XML Schema write them, read strictly.

`kind` is `date`, `time` or `datetime`; moments are milliseconds since 1970.
"""

from __future__ import annotations

import re
from typing import Literal

from destinations.freemarker.date_fields import date_of_day, day_of_date, fields_at
from destinations.freemarker.time_zones import DAY, HOUR, MINUTE, Zone
from destinations.freemarker.value_errors import BadValue, quoted

Kind = Literal["date", "time", "datetime"]

Accuracy = Literal["h", "m", "s", "ms", "shortest"]
"""The last unit printed: `ms` has always three digits of it, `shortest` only those that are not zero."""

_DATE = r"(?P<year>-?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)"
_BASIC_DATE = r"(?P<year>-?\d{4,9}?)(?P<month>\d\d)(?P<day>\d\d)"
_FRACTION = r"(?:[.,](?P<fraction>\d+))?"
_TIME = rf"(?P<hour>\d\d)(?::(?P<minute>\d\d)(?::(?P<second>\d\d){_FRACTION})?)?"
_BASIC_TIME = rf"(?P<hour>\d\d)(?:(?P<minute>\d\d)(?:(?P<second>\d\d){_FRACTION})?)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::\d\d)?)?"
_BASIC_ZONE = r"(?P<zone>Z|[+-]\d\d(?:\d\d)?)?"
_XS_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
_XS_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"

_ISO = {
    "date": (_DATE, _BASIC_DATE),
    "time": (_TIME + _ZONE, _BASIC_TIME + _BASIC_ZONE),
    "datetime": (f"{_DATE}T{_TIME}{_ZONE}", f"{_BASIC_DATE}T{_BASIC_TIME}{_BASIC_ZONE}"),
}
_XS = {
    "date": (_DATE + _XS_ZONE,),
    "time": (_XS_TIME + _XS_ZONE,),
    "datetime": (f"{_DATE}T{_XS_TIME}{_XS_ZONE}",),
}
_ISO_PATTERNS = {kind: [re.compile(p, re.ASCII) for p in patterns] for kind, patterns in _ISO.items()}
_XS_PATTERNS = {kind: [re.compile(p, re.ASCII) for p in patterns] for kind, patterns in _XS.items()}

_EXAMPLES = {"date": "2022-02-28", "time": "20:07:01", "datetime": "2022-02-28T20:07:01Z"}


def parse_iso(text: str, kind: Kind, zone: Zone, *, xs: bool = False) -> int:
    """The moment that the text says; `zone` holds where it names no offset.

    Raises BadValue for text that is not of the standard (the narrower XML Schema if `xs`), and for a day or
    time that does not exist.
    """
    for pattern in (_XS_PATTERNS if xs else _ISO_PATTERNS)[kind]:
        match = pattern.fullmatch(text)
        if match is not None:
            return _moment(text, match, zone, xs=xs)
    standard = "XML Schema" if xs else "ISO 8601"
    raise BadValue(f"{quoted(text)} is not a {kind} of {standard}, such as {_EXAMPLES[kind]}")


def print_iso(
    millis: int, kind: Kind, zone: Zone, accuracy: Accuracy = "shortest", *, show_zone: bool = True, xs: bool = False
) -> str:
    """The moment as the standard writes it; a date alone shows its offset only in XML Schema."""
    fields = fields_at(millis, zone, gregorian=True)
    parts: list[str] = []
    if kind != "time":
        parts.append(f"{_year(fields.year, xs=xs)}-{fields.month:02}-{fields.day:02}")
    if kind != "date":
        clock = (f"{fields.hour:02}", f"{fields.minute:02}", f"{fields.second:02}")
        shown = {"h": 1, "m": 2}.get(accuracy, 3)
        fraction = _fraction(fields.millisecond, accuracy)
        parts.append(("T" if parts else "") + ":".join(clock[:shown]) + fraction)
    if show_zone and (xs or kind != "date"):
        parts.append(_offset(fields.offset))
    return "".join(parts)


def _year(year: int, *, xs: bool) -> str:
    """XML Schema has no year 0, so its years before 1 are one further; they are not padded."""
    if xs and year <= 0:
        year -= 1
    return str(year) if year < 0 else f"{year:04}"


def _fraction(millisecond: int, accuracy: Accuracy) -> str:
    if accuracy == "ms":
        return f".{millisecond:03}"
    if accuracy == "shortest" and millisecond:
        return f".{millisecond:03}".rstrip("0")
    return ""


def _offset(offset: int) -> str:
    if not offset:
        return "Z"
    seconds = abs(offset) // 1000
    written = f"{'-' if offset < 0 else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return written + (f":{seconds % 60:02}" if seconds % 60 else "")


def _moment(text: str, match: re.Match[str], zone: Zone, *, xs: bool) -> int:
    found = match.groupdict()
    wall = _day(text, found, xs=xs) * DAY + _clock(text, found)
    offset = found.get("zone")
    return wall - (zone.offset_at_wall(wall) if offset is None else _read_offset(text, offset))


def _day(text: str, found: dict[str, str | None], *, xs: bool) -> int:
    if "year" not in found:
        return 0
    year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
    if xs and year == 0:
        raise BadValue(f"{quoted(text)} is in the year 0, which XML Schema does not have; 1 BC is -0001")
    if xs and year < 0:
        year += 1
    days = day_of_date(year, month, day, gregorian=True) if 1 <= month <= 12 else None
    if days is None or date_of_day(days, gregorian=True) != (year, month, day):
        raise BadValue(f"{quoted(text)} is a day that does not exist")
    return days


def _clock(text: str, found: dict[str, str | None]) -> int:
    hour, minute, second = (int(found.get(name) or 0) for name in ("hour", "minute", "second"))
    millisecond = int((found.get("fraction") or "0")[:3].ljust(3, "0"))
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second or millisecond)):
        raise BadValue(f"{quoted(text)} is a time that does not exist")
    return hour * HOUR + minute * MINUTE + second * 1000 + millisecond


def _read_offset(text: str, offset: str) -> int:
    if offset == "Z":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[3:].removeprefix(":") or 0)
    if hours > 23 or minutes > 59:
        raise BadValue(f"{quoted(text)} has an offset from UTC that does not exist")
    return (hours * HOUR + minutes * MINUTE) * (-1 if offset[0] == "-" else 1)
