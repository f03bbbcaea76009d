"""When a monitor fires. (pure)"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist, mean, stdev

from django.db import models

from delivery.monitors.metrics import Traits

BANDS = (95, 98, 99)  # percent
WEEKS = 4
LEAST_PAST = 7  # same hours of other days; fewer say nothing of what is usual


class Condition(models.TextChoices):
    ABOVE = "above", "is above"
    BELOW = "below", "is below"
    RISES = "rises", "rises by more than, in %"
    FALLS = "falls", "falls by more than, in %"
    BAND = "band", "leaves its usual band, in %"


COMPARED = (Condition.RISES, Condition.FALLS)


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric over the last whole window; None: nothing to say. `running`: over as long, with the minute under way.
    `before`: over the window before. `past`: at the same hour of earlier days. `where`: the destination that it is
    of, where any was asked for."""

    value: float | None
    running: float | None = None
    before: float | None = None
    past: Sequence[float] = field(default_factory=tuple)
    where: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fires` is None without data. `low`, `high`: outside of them it fires."""

    fires: bool | None
    value: float | None
    low: float | None = None
    high: float | None = None


def judge(condition: str, threshold: float, reading: Reading, traits: Traits) -> Verdict:
    """`traits`: those of the metric."""
    value = reading.value
    low, high = bounds(condition, threshold, reading, traits)
    if condition in (Condition.ABOVE, Condition.RISES) and reading.running is not None:
        # What is too much already need not wait for the minute's end.
        value = reading.running if value is None else max(value, reading.running)
    if value is None or (low is None and high is None):
        return Verdict(None, value, low, high)
    return Verdict((low is not None and value < low) or (high is not None and value > high), value, low, high)


def bounds(condition: str, threshold: float, reading: Reading, traits: Traits) -> tuple[float | None, float | None]:
    """(low, high); None where there is no such bound, or nothing to compare with."""
    if condition == Condition.ABOVE:
        return None, threshold
    if condition == Condition.BELOW:
        return threshold, None
    if condition in COMPARED:
        before = reading.before
        if before is not None and condition == Condition.RISES:
            before = max(before, traits.rises_from)
        if not before:  # a change from nothing is no percentage
            return None, None
        if condition == Condition.RISES:
            return None, before * (1 + threshold / 100)
        return before * (1 - threshold / 100), None
    return band(threshold, reading.past, counts=traits.counts)


def band(percent: float, past: Sequence[float], *, counts: bool) -> tuple[float | None, float | None]:
    """Where the next value of such a row lies, in `percent` of all cases, if they are spread normally."""
    if len(past) < LEAST_PAST:
        return None, None
    middle = mean(past)
    # Numbers of things vary by their root at least; a row without any spread would fire at the first change.
    spread = max(stdev(past), sqrt(middle) if counts and middle > 0 else 0.0)
    reach = NormalDist().inv_cdf(0.5 + percent / 200) * spread * sqrt(1 + 1 / len(past))
    low = middle - reach
    return (max(0.0, low) if counts else low), middle + reach
