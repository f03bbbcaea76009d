"""Numbers as lines: where they run, where they break, and what is said of them."""

import pytest

from delivery.line_plots import Reading, lines
from delivery.plots import Series

SERIES = (Series("p95", "accent"), Series("Median", "off"))


def plot(*numbers, label_every=1):
    readings = [Reading(f"0{n}:00", (number, None)) for n, number in enumerate(numbers)]
    return lines("Hour", SERIES, readings, "All of it.", measure="ms", label_every=label_every)


@pytest.mark.parametrize(
    ("numbers", "path"),
    [
        ((), ""),
        ((None, None), ""),
        ((0, 40), "M15 200 L45 0"),
        ((None, 20, 40), "M45 100 L75 0"),
        ((40, 20, None, 0, 20), "M15 0 L45 100 M105 200 L135 100"),
        ((None, 40, None), "M37 0 L53 0"),
    ],
    ids=["nothing", "no number", "two", "begins later", "breaks", "alone"],
)
def test_path(numbers, path):
    assert [line.path for line in plot(*numbers).lines] == [path, ""]


def test_area_goes_down_to_the_axis_and_back():
    assert plot(40, 20).lines[0].area == "M15 0 L45 100 V200 H15 Z"


def test_axes():
    drawn = plot(1, 250, 600, 7, label_every=2)
    assert drawn.ticks == ["600", "450", "300", "150", "0"]
    assert drawn.labels == ["00:00", "02:00"]
    assert drawn.width == 120


def test_words():
    drawn = plot(1200, None)
    assert [strip.reading for strip in drawn.strips] == ["00:00: p95 1,200 ms, Median –", "01:00: p95 –, Median –"]
    assert drawn.rows == [("00:00", ["1,200 ms", "–"]), ("01:00", ["–", "–"])]
