"""When a monitor fires: a table."""

import pytest

from delivery.monitors.conditions import Reading, band, judge
from delivery.monitors.metrics import TRAITS, Metric, written

QUIET = (100.0, 104.0, 96.0, 101.0, 99.0, 102.0, 98.0)


@pytest.mark.parametrize(
    ("condition", "threshold", "reading", "fires"),
    [
        ("above", 10, Reading(11), True),
        ("above", 10, Reading(10), False),
        ("above", 10, Reading(3, running=11), True),  # too much already
        ("above", 10, Reading(None), None),
        ("below", 10, Reading(9), True),
        ("below", 10, Reading(10), False),
        ("below", 10, Reading(50, running=2), False),  # the minute under way says nothing yet
        ("rises", 50, Reading(151, before=100), True),
        ("rises", 50, Reading(150, before=100), False),
        ("rises", 50, Reading(100, running=151, before=100), True),
        ("rises", 50, Reading(5, before=0), None),  # a change from nothing is no percentage
        ("falls", 50, Reading(49, before=100), True),
        ("falls", 50, Reading(50, before=100), False),
        ("falls", 50, Reading(0, before=100), True),
        ("falls", 50, Reading(0, before=None), None),
        ("band", 95, Reading(100, past=QUIET), False),
        ("band", 95, Reading(200, past=QUIET), True),
        ("band", 95, Reading(10, past=QUIET), True),
        ("band", 95, Reading(10, past=QUIET[:6]), None),  # too few days to say what is usual
    ],
)
def test_judge(condition, threshold, reading, fires):
    assert judge(condition, threshold, reading, TRAITS[Metric.EVENTS]).fires is fires


@pytest.mark.parametrize(
    ("value", "before", "fires"),
    [(41, 0, True), (40, 0, False), (3, 1, False), (41, 20, True), (62, 30, True), (60, 30, False), (900, None, None)],
)
def test_a_backlog_that_grows_from_nothing(value, before, fires):
    """Where hardly anything waits, twice as much is nothing; where nothing waited, there is no percentage."""
    assert judge("rises", 100, Reading(value, before=before), TRAITS[Metric.WAITING]).fires is fires


@pytest.mark.parametrize(
    ("metric", "number", "words"),
    [
        ("events", 1, "1 event"),
        ("events", 1.2, "1.2 events"),
        ("events", 1204, "1,204 events"),
        ("waiting", 1, "1 delivery"),
        ("users", 0, "0 users"),
        ("success", 1, "1 %"),
        ("p95", None, "–"),
    ],
)
def test_numbers_in_words(metric, number, words):
    assert written(metric, number) == words


def test_bands_grow_with_what_they_hold():
    widths = [high - low for low, high in (band(percent, QUIET, counts=False) for percent in (95, 98, 99))]
    assert widths == sorted(widths)
    low, high = band(95, QUIET, counts=False)
    assert (round(low, 1), round(high, 1)) == (94.5, 105.5)  # mean ± 1.96 · 2.65 · √(8/7)


def test_counts_without_spread_have_the_spread_of_counts():
    assert band(95, [100.0] * 7, counts=False) == (100, 100)
    low, high = band(95, [100.0] * 7, counts=True)
    assert 78 < low < 80
    assert 120 < high < 122
    assert band(99, [1.0] * 7, counts=True)[0] == 0  # never below nothing
