"""Numbers as the lines of a chart (templates/pieces/line_plot.html); without a number, a line breaks (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import ceil

from delivery.plots import HEIGHT, INTERVALS, STEP, Series, round_top

LONE = 8  # a number without neighbours is a dash of twice this width


@dataclass(frozen=True, slots=True)
class Reading:
    """`numbers`: one for each series, None where there is none."""

    label: str
    numbers: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """`path` and `area` (what lies below it) are SVG path data."""

    tone: str
    path: str
    area: str


@dataclass(frozen=True, slots=True)
class Strip:
    """What one points at to read a bucket's numbers."""

    left: int
    reading: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LinePlot:
    """`sentence` is what a screen reader says of the whole; `rows` are its table, in words. `edges`: as of a Plot."""

    unit: str
    series: Sequence[Series]
    lines: list[Line]
    strips: list[Strip]
    rows: list[tuple[str, list[str]]]
    sentence: str
    ticks: list[str]
    labels: list[str]
    edges: Sequence[datetime] = ()

    @property
    def width(self) -> int:
        return STEP * len(self.strips)


def lines(
    unit: str,
    series: Sequence[Series],
    readings: Sequence[Reading],
    sentence: str,
    *,
    measure: str,
    label_every: int,
    edges: Sequence[datetime] = (),
) -> LinePlot:
    """A line for each series, over the readings from left to right. `measure`: what stands after a number."""
    top = round_top(ceil(max((number or 0 for reading in readings for number in reading.numbers), default=0)))
    rows = [(reading.label, [_words(number, measure) for number in reading.numbers]) for reading in readings]
    return LinePlot(
        unit,
        series,
        [_line(one.tone, [r.numbers[n] for r in readings], top) for n, one in enumerate(series)],
        [
            Strip(n * STEP, _reading(label, series, words), edges[n] if edges else None)
            for n, (label, words) in enumerate(rows)
        ],
        rows,
        sentence,
        ticks=[f"{top * n // INTERVALS:,}" for n in range(INTERVALS, -1, -1)],
        labels=[reading.label for reading in readings[::label_every]],
        edges=edges,
    )


def _words(number: float | None, measure: str) -> str:
    return "–" if number is None else f"{number:,.0f} {measure}"


def _reading(label: str, series: Sequence[Series], words: Sequence[str]) -> str:
    return f"{label}: " + ", ".join(f"{one.label} {word}" for one, word in zip(series, words, strict=True))


def _line(tone: str, numbers: Sequence[float | None], top: int) -> Line:
    runs = [_run(points) for points in _runs(numbers, top)]
    return Line(tone, " ".join(runs), " ".join(f"{run} V{HEIGHT} H{run[1:].split()[0]} Z" for run in runs))


def _runs(numbers: Sequence[float | None], top: int) -> list[list[tuple[float, float]]]:
    """Stretches without a gap, as points."""
    points = [
        (n * STEP + STEP / 2, None if number is None else round(HEIGHT - number / top * HEIGHT, 1))
        for n, number in enumerate(numbers)
    ]
    stretches = groupby(points, lambda point: point[1] is not None)
    return [[(x, y) for x, y in stretch if y is not None] for is_there, stretch in stretches if is_there]


def _run(points: list[tuple[float, float]]) -> str:
    if len(points) == 1:
        (x, y) = points[0]
        points = [(x - LONE, y), (x + LONE, y)]
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
