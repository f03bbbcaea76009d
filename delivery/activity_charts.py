"""What the Activity tab draws of a destination's counters: how long answers took, and which they were."""

from dataclasses import dataclass

from delivery.activity import Activity, Counts
from delivery.chosen_range import ChosenRange
from delivery.line_plots import LinePlot, Reading, lines
from delivery.plots import Series

SERIES = (Series("p95", "accent"), Series("Median", "off"))
TONES = {"2xx": "ok", "3xx": "warn", "429": "warn"}


@dataclass(frozen=True, slots=True)
class Share:
    """`percent` is the length of a bar: what there is, however little of it, is to be seen."""

    label: str
    tone: str
    count: str
    percent: float
    words: str


def answer_times(activity: Activity, chosen: ChosenRange) -> LinePlot:
    """The 95th percentile and the median of each bucket, in milliseconds."""
    readings = [Reading(chosen.name(bucket.start), _times(bucket.counts)) for bucket in activity.buckets]
    p95, median = _times(activity.total)
    sentence = f"Answer time in the {chosen.words}: no answers."
    if p95 is not None and median is not None:
        sentence = f"Answer time in the {chosen.words}: half within {median:,.0f} ms, 95 % within {p95:,.0f} ms."
    edges = chosen.edges([bucket.start for bucket in activity.buckets])
    return lines(chosen.unit, SERIES, readings, sentence, measure="ms", label_every=chosen.label_every, edges=edges)


def responses(counts: Counts) -> list[Share]:
    """The kinds of answers there were, attempts without one included, in the order of codes."""
    return [_share(label, count, counts.attempts) for label, count in counts.answers.items() if count]


def _times(counts: Counts) -> tuple[int | None, int | None]:
    """In the order of SERIES."""
    return counts.answer_time(95), counts.answer_time(50)


def _share(label: str, count: int, attempts: int) -> Share:
    percent = 100 * count / attempts
    return Share(label, TONES.get(label, "bad"), f"{count:,}", max(0.6, round(percent, 1)), _percent(percent))


def _percent(percent: float) -> str:
    """Never rounded to all or nothing."""
    return "100 %" if percent == 100 else f"{min(99.9, max(0.1, percent)):.1f} %"
