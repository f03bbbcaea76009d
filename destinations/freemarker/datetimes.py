"""Dates, times and datetimes: made from numbers and text, converted, compared and printed.

A format is `iso` or `xs` with options, a style such as `medium` or `short_long`, or a pattern; the empty format
is the style `medium`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import cast

from destinations.freemarker.date_parsing import parse_by_pattern
from destinations.freemarker.date_patterns import checked_length, pattern_parts, print_by_pattern
from destinations.freemarker.iso_dates import Accuracy, Kind, parse_iso, print_iso
from destinations.freemarker.number_format import Number
from destinations.freemarker.number_values import check_finite
from destinations.freemarker.time_zones import UTC_ZONE, Zone
from destinations.freemarker.value_errors import BadConversion, BadValue, quoted

_DATE_STYLES = {"short": "M/d/yy", "medium": "MMM d, y", "long": "MMMM d, y", "full": "EEEE, MMMM d, y"}
_TIME_STYLES = {"short": "h:mm a", "medium": "h:mm:ss a", "long": "h:mm:ss a z", "full": "h:mm:ss a zzzz"}
_FORMAL_STYLES = frozenset({"long", "full"})
_STANDARD = re.compile(r"(iso|xs)(?:[ _](.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time or both (`kind`), as milliseconds since 1970 in UTC."""

    kind: Kind
    millis: int


def from_number(number: Number, kind: Kind) -> Moment:
    """`?number_to_date` and its like: milliseconds since 1970, rounded. Raises BadValue beyond 64 bits."""
    if isinstance(number, Decimal):
        check_finite(number)
        number = int(number.to_integral_value(ROUND_HALF_UP))
    return _moment(kind, number)


def parse_moment(text: str, kind: Kind, date_format: str, zone: Zone) -> Moment:
    """`?date`, `?time` and `?datetime` of text, in the format given or set.

    Raises BadValue for text that does not match it and for a malformed format.
    """
    standard = _standard_of(checked_length(date_format))
    if standard is not None:
        return _moment(kind, parse_iso(text, kind, zone, xs=standard.xs))
    return _moment(kind, parse_by_pattern(text, _pattern_of(date_format, kind), zone))


def format_moment(moment: Moment, date_format: str, zone: Zone) -> str:
    """`?string(format)`, or `${...}` under the format set. Raises BadValue for a malformed format."""
    standard = _standard_of(checked_length(date_format))
    if standard is None:
        return print_by_pattern(moment.millis, _pattern_of(date_format, moment.kind), zone)
    return print_iso(
        moment.millis,
        moment.kind,
        UTC_ZONE if standard.utc else zone,
        standard.accuracy,
        show_zone=standard.show_zone,
        xs=standard.xs,
    )


def format_iso(moment: Moment, zone: Zone, accuracy: str = "", *, show_zone: bool = True) -> str:
    """`?iso_utc`, `?iso_local`, `?iso(zone)` with their suffixes: accuracy `ms`, `m`, `h`, or "" for seconds."""
    exact: dict[str, Accuracy] = {"": "s", "ms": "shortest", "m": "m", "h": "h"}
    return print_iso(moment.millis, moment.kind, zone, exact[accuracy], show_zone=show_zone)


def to_kind(moment: Moment, kind: Kind) -> Moment:
    """`?date`, `?time` and `?datetime` of a moment. Raises BadValue for what a date or a time alone lacks."""
    if moment.kind == kind:
        return moment
    if moment.kind != "datetime":
        raise BadConversion(f"A {moment.kind} alone cannot become a {kind}; start from a datetime")
    return Moment(kind, moment.millis)


def compare(left: Moment, right: Moment) -> int:
    """Negative, 0 or positive as left is before, at or after right. Raises BadValue for different kinds."""
    if left.kind != right.kind:
        raise BadValue(f"A {left.kind} cannot be compared with a {right.kind}; convert one, as in x?date")
    return (left.millis > right.millis) - (left.millis < right.millis)


def check_date_format(date_format: str, kind: Kind = "datetime") -> None:
    """Raises BadValue for a format that could not print any moment."""
    if _standard_of(checked_length(date_format)) is None:
        pattern_parts(_pattern_of(date_format, kind))


@dataclass(frozen=True, slots=True)
class _Standard:
    xs: bool
    accuracy: Accuracy = "shortest"
    show_zone: bool = True
    utc: bool = False


@lru_cache(maxsize=256)
def _standard_of(date_format: str) -> _Standard | None:
    """What `iso` or `xs` and the words after it ask for; None for any other format."""
    match = _STANDARD.fullmatch(date_format)
    if match is None:
        if re.match(r"(iso|xs)", date_format):
            raise BadValue(f'The options in the date format {quoted(date_format)} must be set off by spaces or "_"')
        return None
    xs = match[1] == "xs"
    words = re.split(r"[ _]+", match[2] or "")
    accuracies = [word for word in words if word in ("h", "m", "s", "ms")]
    zones = [word for word in words if word in ("nz", "fz")]
    utc = [word for word in words if word in ("u", "fu")]
    unknown = [word for word in words if word and word not in (*accuracies, *zones, *utc)]
    if unknown:
        raise BadValue(
            f"{quoted(unknown[0])} in the date format {quoted(date_format)} means nothing; "
            "there are h, m, s, ms, nz, fz, u, fu"
        )
    if max(len(accuracies), len(zones), len(utc)) > 1:
        raise BadValue(f"The date format {quoted(date_format)} has two options that exclude each other")
    if xs and accuracies in (["h"], ["m"]):
        raise BadValue("XML Schema always shows seconds; use iso for less")
    accuracy = cast(Accuracy, accuracies[0]) if accuracies else "shortest"
    return _Standard(xs, accuracy, zones != ["nz"], bool(utc))


@lru_cache(maxsize=256)
def _pattern_of(date_format: str, kind: Kind) -> str:
    """The pattern that a style stands for; any other format is one itself."""
    if re.match(r"@[^\W\d_]", date_format):
        raise BadValue(f"There is no date format named {quoted(date_format)}")
    styles = [word for word in date_format.split("_") if word] or ["medium"]
    date_style, time_style = styles[0], styles[1] if len(styles) > 1 else styles[0]
    if date_style not in _DATE_STYLES:
        return date_format
    if kind == "date":
        return _DATE_STYLES[date_style]
    if kind == "time":
        return _TIME_STYLES[date_style]
    if time_style not in _TIME_STYLES:
        return date_format
    joint = " 'at' " if {date_style, time_style} <= _FORMAL_STYLES else ", "
    return _DATE_STYLES[date_style] + joint + _TIME_STYLES[time_style]


def _moment(kind: Kind, millis: int) -> Moment:
    if not -(2**63) <= millis < 2**63:
        raise BadValue("The date is further away than 64 bits of milliseconds can say")
    return Moment(kind, millis)
