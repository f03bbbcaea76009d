"""Where annotations stand on a chart (pure)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.annotations.models import Annotation

MOST_DETAILS = 160  # characters that a mark says


@dataclass(frozen=True, slots=True)
class Mark:
    """In percent of the chart's width; `width` is 0 for a moment."""

    x: float
    width: float
    words: str
    url: str


def marks_of(annotations: Iterable[Annotation], edges: Sequence[datetime], list_url: str) -> list[Mark]:
    """`edges`: when each of the chart's equally wide parts begins, and when the last one ends."""
    found = []
    for one in annotations:
        x = place(one.start, edges)
        width = place(one.end, edges) - x if one.end else 0.0
        found.append(Mark(round(x, 2), round(width, 2), in_words(one), f"{list_url}#annotation-{one.pk}"))
    return found


def place(moment: datetime, edges: Sequence[datetime]) -> float:
    """Between two edges evenly; what lies outside stands at the end."""
    number = bisect_right(edges, moment) - 1
    if number < 0:
        return 0.0
    if number >= len(edges) - 1:
        return 100.0
    begins, ends = edges[number], edges[number + 1]
    return 100 * (number + (moment - begins) / (ends - begins)) / (len(edges) - 1)


def in_words(one: Annotation) -> str:
    """`Nov 28, 14:00 UTC: Version 2.4 (Releases). What is new.`"""
    until = f" to {_clock(one.end)}" if one.end else ""
    category = f" ({one.category.name})" if one.category else ""
    details = f". {one.details[:MOST_DETAILS]}" if one.details else ""
    return f"{_clock(one.start)}{until} UTC: {one.label}{category}{details}"


def _clock(moment: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment:%H:%M}"
