"""Numbers as shapes."""

import pytest

from delivery.plots import HEIGHT, Row, Series, round_top, stacked

SERIES = (Series("Delivered", "ok"), Series("Failed", "bad"))


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 4), (4, 4), (5, 8), (13, 16), (25, 32), (33, 40), (58, 60), (61, 80), (99, 100), (101, 120), (7_001, 8_000)],
)
def test_the_axis_ends_round_and_in_whole_quarters(most: int, top: int) -> None:
    assert round_top(most) == top
    assert top % 4 == 0


def test_parts_stand_on_each_other() -> None:
    plot = stacked("Hour", SERIES, [Row("06:00", (30, 10)), Row("07:00", (0, 0))], "Two hours.")
    assert plot.ticks == ["40", "30", "20", "10", "0"]
    assert plot.width == 60
    full, empty = plot.bars
    assert full.reading == "06:00: 30 delivered, 10 failed"
    delivered, failed = full.parts
    assert (delivered.y, delivered.tone) == (50, "ok")
    assert (failed.y, failed.y + failed.height + 1) == (0, delivered.y)
    assert delivered.y + delivered.height + 1 == HEIGHT
    assert empty.parts == []


def test_one_failure_among_thousands_is_seen() -> None:
    (bar,) = stacked("Hour", SERIES, [Row("06:00", (100_000, 1))], "").bars
    assert bar.parts[1].height >= 1.5
