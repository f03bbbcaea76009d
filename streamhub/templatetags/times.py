"""Moments and durations as people read them. All times are UTC; pages say so once."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.timezone import now

register = template.Library()

EMPTY = "–"
# (seconds, seconds of the next finer unit, name)
UNITS = ((86_400, 3_600, "day"), (3_600, 60, "hour"), (60, 1, "minute"))


@register.filter
def clock(moment: datetime | None) -> str:
    """`17:21:05` today, `Nov 20, 17:21` this year, `Nov 20, 2025` before."""
    if moment is None:
        return EMPTY
    today = now()
    if moment.date() == today.date():
        return f"{moment:%H:%M:%S}"
    if moment.year == today.year:
        return f"{moment:%b} {moment.day}, {moment:%H:%M}"
    return f"{moment:%b} {moment.day}, {moment.year}"


@register.filter
def exact(moment: datetime | None) -> str:
    """`Nov 20, 2026, 17:21:05.123 UTC`: for headings of one thing and for titles."""
    if moment is None:
        return EMPTY
    return f"{moment:%b} {moment.day}, {moment:%Y, %H:%M:%S}.{moment.microsecond // 1000:03} UTC"


@register.simple_tag
def when(moment: datetime | None) -> str:
    """`clock` as a <time> element with the exact moment in its title."""
    return _element(moment, clock(moment))


@register.simple_tag
def until(moment: datetime | None) -> str:
    """A <time> element: `in 41 s`, `in 9 minutes`, `now` once it has come."""
    return _element(moment, EMPTY if moment is None else ahead((moment - now()).total_seconds()))


@register.simple_tag
def since(moment: datetime | None) -> str:
    """A <time> element: `12 s ago`, `2 minutes ago`."""
    return _element(moment, EMPTY if moment is None else behind((now() - moment).total_seconds()))


@register.filter
def duration(milliseconds: float | None) -> str:
    """`877 ms`, `1.2 s`, `2 min 5 s`."""
    if milliseconds is None:
        return EMPTY
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def ahead(seconds: float) -> str:
    return "now" if seconds < 1 else f"in {span(seconds)}"


def behind(seconds: float) -> str:
    return "just now" if seconds < 1 else f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """`41 s`, `1 minute`, `3 hours`: in the largest unit that fits, never `60 s` or `60 minutes`."""
    for size, finer, unit in UNITS:
        if round(seconds / finer) * finer >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:.0f} s"


def _element(moment: datetime | None, text: str) -> str:
    if moment is None:
        return text
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), text)
