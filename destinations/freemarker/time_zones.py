"""Time zones by name: their offset from UTC at a moment, and what English calls them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from destinations.freemarker.value_errors import BadValue, quoted

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_NAMES_FILE = Path(__file__).with_name("zone_names.txt")
_OFFSET_NAME = re.compile(r"GMT(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?")
_REGION_NAME = re.compile(r"(?!right/|posix/)[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")

# Before 1900 every zone keeps today's standard time: the local times of then are of no use to anyone.
_START_OF_RULES = -2_208_988_800_000

_LAST_MOMENT = 253_300_000_000_000  # in the year 9996
_GREGORIAN_CYCLE = 146_097 * DAY

# Abbreviations from before there were regions, and the regions they stand for.
_ABBREVIATIONS = {
    "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
}  # fmt: skip

# Zones whose saving time is written in the database as a negative one in winter or in Ramadan.
_NEGATIVE_SAVING = frozenset({"Europe/Dublin", "Eire", "Africa/Casablanca", "Africa/El_Aaiun"})


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone under the name it was asked for."""

    name: str
    rules: tzinfo

    def offset_at(self, millis: int) -> int:
        """Milliseconds ahead of UTC at a moment in milliseconds since 1970."""
        if millis < _START_OF_RULES:
            return self._standard_offset()
        return _millis(_datetime(millis, UTC).astimezone(self.rules).utcoffset())

    def offset_at_wall(self, wall: int) -> int:
        """The offset where clocks show `wall` (milliseconds since 1970, as if in UTC).

        A time that occurs twice is the later, one that clocks skip counts on from before the skip.
        """
        if wall < _START_OF_RULES:
            return self._standard_offset()
        shown = _datetime(wall, None)
        offsets = (shown.replace(tzinfo=self.rules, fold=fold).utcoffset() for fold in (0, 1))
        return min(map(_millis, offsets))

    def name_at(self, millis: int, *, long: bool) -> str:
        """The name at a moment: `EST` or `Eastern Standard Time`; offsets are called by themselves."""
        names = _zone_names().get(getattr(self.rules, "key", self.name))
        if names is None:
            return self.name
        return names[self._is_saving(millis) * 2 + long]

    def _standard_offset(self) -> int:
        if getattr(self.rules, "key", "") in _NEGATIVE_SAVING:
            return 0
        return min(_millis(datetime(2024, month, 15, tzinfo=self.rules).utcoffset()) for month in (1, 7))

    def _is_saving(self, millis: int) -> bool:
        moment = _datetime(millis, UTC).astimezone(self.rules)
        if getattr(self.rules, "key", "") in _NEGATIVE_SAVING:
            return _millis(moment.utcoffset()) == HOUR
        return bool(moment.dst())


def find_zone(name: str) -> Zone:
    """The zone of a region such as `Europe/Paris`, of `UTC`, of an offset such as `GMT+02:00`.

    Raises BadValue for a name that is none of these.
    """
    zone = _zone(name[:100])
    if zone is None:
        raise BadValue(f"{quoted(name)} is not a time zone; write one such as Europe/Paris, UTC or GMT+02:00")
    return zone


def zone_of_setting(name: str) -> Zone:
    """The zone that `<#setting time_zone=name>` chooses; an unknown name is GMT, as the language has it."""
    return _zone(name[:100]) or GMT


def offset_zone(minutes: int) -> Zone:
    """The zone that is this many minutes ahead of UTC."""
    hours, rest = divmod(abs(minutes), 60)
    name = f"GMT{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "GMT"
    return Zone(name, timezone(timedelta(minutes=minutes)))


def named_offset(text: str, start: int) -> tuple[int, int] | None:
    """The offset in minutes and the length of the longest zone name that stands at `start`, without case."""
    match = _name_pattern().match(text, start)
    if match is None:
        return None
    return _name_offsets()[match[0].lower()], len(match[0])


@lru_cache(maxsize=128)
def _zone(name: str) -> Zone | None:
    if match := _OFFSET_NAME.fullmatch(name):
        sign, hours, minutes = match.groups()
        if int(hours or 0) > 23:
            return None
        total = int(hours or 0) * 60 + int(minutes or 0)
        return offset_zone(-total if sign == "-" else total)
    if not _REGION_NAME.fullmatch(name):
        return None
    try:
        return Zone(name, ZoneInfo(_ABBREVIATIONS.get(name, name)))
    except (KeyError, ValueError, OSError):
        return None


def _datetime(millis: int, zone: tzinfo | None) -> datetime:
    """The moment as Python can say it: a year beyond 9996 is the one that the calendar repeats."""
    beyond = max(millis - _LAST_MOMENT, 0)
    millis -= -(-beyond // _GREGORIAN_CYCLE) * _GREGORIAN_CYCLE
    return datetime(1970, 1, 1, tzinfo=zone) + timedelta(milliseconds=max(millis, _START_OF_RULES))


def _millis(offset: timedelta | None) -> int:
    return round((offset or timedelta()) / timedelta(milliseconds=1))


@lru_cache(maxsize=1)
def _zone_names() -> dict[str, tuple[str, ...]]:
    """Short and long name, short and long name in saving time, for each region."""
    names: dict[str, tuple[str, ...]] = {}
    for line in _NAMES_FILE.read_text("utf-8").partition("\n\n")[0].splitlines():
        called, regions = line.split("\t")
        names.update(dict.fromkeys(regions.split(), tuple(called.split("|"))))
    return names


@lru_cache(maxsize=1)
def _name_offsets() -> dict[str, int]:
    offsets: dict[str, int] = {}
    for line in _NAMES_FILE.read_text("utf-8").partition("\n\n")[2].splitlines():
        minutes, names = line.split("\t")
        offsets.update(dict.fromkeys(names.lower().split("|"), int(minutes)))
    return offsets


@lru_cache(maxsize=1)
def _name_pattern() -> re.Pattern[str]:
    longest_first = sorted(_name_offsets(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


GMT = Zone("GMT", UTC)
UTC_ZONE = Zone("UTC", ZoneInfo("UTC"))
