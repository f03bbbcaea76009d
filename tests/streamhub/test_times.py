"""Moments and durations in words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from streamhub.templatetags import times

NOW = datetime(2026, 11, 20, 18, 6, 38, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "18:06:38"),
        (NOW - timedelta(days=1), "Nov 19, 18:06"),
        (NOW - timedelta(days=400), "Oct 16, 2025"),
        (None, "–"),
    ],
)
def test_clock(moment: datetime | None, text: str) -> None:
    assert times.clock(moment) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "now"),
        (0.4, "now"),
        (1, "in 1 s"),
        (41.2, "in 41 s"),
        (59.7, "in 1 minute"),
        (60, "in 1 minute"),
        (540, "in 9 minutes"),
        (3599, "in 1 hour"),
        (7200, "in 2 hours"),
        (86_400 * 3, "in 3 days"),
    ],
)
def test_until(seconds: float, text: str) -> None:
    assert times.ahead(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "just now"), (12, "12 s ago"), (120, "2 minutes ago")])
def test_since(seconds: float, text: str) -> None:
    assert f">{text}</time>" in times.since(NOW - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(None, "–"), (0, "0 ms"), (877, "877 ms"), (1234, "1.2 s"), (125_000, "2 min 5 s")]
)
def test_duration(milliseconds: float | None, text: str) -> None:
    assert times.duration(milliseconds) == text


def test_the_exact_moment_stands_in_the_title() -> None:
    assert 'title="Nov 20, 2026, 18:06:38.250 UTC"' in times.when(NOW)
