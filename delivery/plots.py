"""Numbers as the shapes of a chart (templates/pieces/plot.html): stacked bars on an axis with a round top (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

HEIGHT = 200
STEP, GAP = 30, 4
INTERVALS = 4
LABEL_EVERY = 4
ROUND = (4, 6, 8, 10, 12, 16, 20, 24, 32)


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Part:
    y: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    left: int
    x: int
    reading: str
    parts: list[Part]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    counts: Sequence[int]


@dataclass(frozen=True, slots=True)
class Plot:
    """`sentence` is what a screen reader says of the whole. `edges`: when each bar's time begins, and the last one's
    ends; empty where the axis is no time."""

    unit: str
    series: Sequence[Series]
    rows: Sequence[Row]
    sentence: str
    bars: list[Bar]
    ticks: list[str]
    labels: list[str]
    edges: Sequence[datetime] = ()

    @property
    def width(self) -> int:
        return STEP * len(self.rows)


def stacked(
    unit: str,
    series: Sequence[Series],
    rows: Sequence[Row],
    sentence: str,
    label_every: int = LABEL_EVERY,
    edges: Sequence[datetime] = (),
) -> Plot:
    """One bar for each row, the first series at the bottom; the axis names every `label_every`-th row."""
    top = round_top(max((sum(row.counts) for row in rows), default=0))
    bars = [_bar(number, row, series, top, edges[number] if edges else None) for number, row in enumerate(rows)]
    ticks = [f"{top * n // INTERVALS:,}" for n in range(INTERVALS, -1, -1)]
    labels = [row.label for row in rows[::label_every]]
    return Plot(unit, series, rows, sentence, bars, ticks, labels, edges)


def round_top(most: int) -> int:
    """The least round number that is not below `most` and has whole quarters: 4, 8, 12, ... 40, 60, 80, 100, 120 ..."""
    scale = 1
    while True:
        for step in ROUND:
            if step * scale >= most and step * scale % INTERVALS == 0:
                return step * scale
        scale *= 10


def _bar(number: int, row: Row, series: Sequence[Series], top: int, at: datetime | None) -> Bar:
    left, floor, parts = number * STEP, float(HEIGHT), []
    for count, one in zip(row.counts, series, strict=True):
        if not count:
            continue
        height = max(count / top * HEIGHT, 1.5)  # one failure among thousands must still be seen
        parts.append(Part(round(floor - height, 1), round(max(height - 1, 1.5), 1), one.tone))
        floor -= height
    words = ", ".join(f"{count:,} {one.label.lower()}" for count, one in zip(row.counts, series, strict=True))
    return Bar(left, left + GAP, f"{row.label}: {words}", parts, at)
