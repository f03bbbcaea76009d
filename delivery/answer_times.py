"""How long receivers take, as counts in fixed classes, from which medians and percentiles are estimated (pure)."""

from bisect import bisect_left
from collections.abc import Mapping
from math import floor, log10

# Upper ends in milliseconds, about ten steps to a factor of 30: an estimate is within a fifth of the true value.
BOUNDS = (5, 10, 20, 35, 50, 75, 100, 150, 200, 350, 500, 750, 1_000, 1_500, 2_000, 3_500, 5_000, 7_500, 10_000,
          15_000, 30_000)  # fmt: skip
COLUMNS = (*(f"took_{bound}ms" for bound in BOUNDS), "took_longer")


def column(milliseconds: int) -> str:
    """The class that an answer belongs to."""
    return COLUMNS[bisect_left(BOUNDS, milliseconds)]


def percentile(counts: Mapping[str, int], percent: float) -> int | None:
    """Milliseconds that `percent` of the answers did not exceed, to two digits; None without any.

    As if the answers of a class were spread evenly over it. What took longer than the last bound counts as that.
    """
    numbers = [max(0, counts.get(name, 0)) for name in COLUMNS]
    wanted = sum(numbers) * percent / 100
    if not wanted:
        return None
    below = 0
    for number, low, high in zip(numbers, (0, *BOUNDS), (*BOUNDS, BOUNDS[-1]), strict=True):
        if number and below + number >= wanted:
            return _two_digits(low + (high - low) * (wanted - below) / number)
        below += number
    return BOUNDS[-1]


def _two_digits(value: float) -> int:
    return int(round(value, 1 - floor(log10(value)))) if value >= 10 else max(1, round(value))
