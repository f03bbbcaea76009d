"""Percentiles from classes are near those of the numbers themselves."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from delivery.answer_times import BOUNDS, column, percentile

SPREADS: dict[str, Callable[[random.Random], float]] = {
    "quick": lambda chance: chance.expovariate(1 / 20),
    "usual": lambda chance: chance.lognormvariate(5, 0.6),
    "slow": lambda chance: chance.uniform(800, 9_000),
    "two humps": lambda chance: chance.gauss(90, 9) if chance.random() < 0.8 else chance.gauss(4_000, 200),
}


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("percent", [50, 95, 99])
def test_an_estimate_is_near(spread: str, percent: float) -> None:
    chance = random.Random(7)
    times = sorted(max(1, round(SPREADS[spread](chance))) for _ in range(5_000))
    exact = times[int(len(times) * percent / 100)]
    assert percentile(Counter(column(time) for time in times), percent) == pytest.approx(exact, rel=0.25, abs=2)


@pytest.mark.parametrize(
    ("times", "percent", "estimate"),
    [
        ([], 95, None),
        ([5], 100, 5),
        ([BOUNDS[-1] * 10], 50, BOUNDS[-1]),
        ([1, 1, 1, 20_000], 50, 3),
    ],
)
def test_at_the_ends(times: list[int], percent: float, estimate: int | None) -> None:
    assert percentile(Counter(column(time) for time in times), percent) == estimate
