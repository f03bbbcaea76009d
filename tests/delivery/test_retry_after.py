"""`Retry-After` in seconds and as a date, and how far it is followed."""

from datetime import UTC, datetime

import pytest

from delivery.retries import RetrySchedule
from delivery.retry_after import retry_after

MOMENT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120),
        (503, " 0 ", 0),
        (503, "Sun, 01 Mar 2026 12:05:00 GMT", 300),
        (503, "Sunday, 01-Mar-26 12:05:00 GMT", 300),
        (503, "Sun Mar  1 12:05:00 2026", 300),
        (503, "Sun, 01 Mar 2026 11:00:00 GMT", 0),
        (500, "120", None),
        (200, "120", None),
        (None, "120", None),
        (429, "soon", None),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "", None),
        (429, "9" * 400, 999_999_999),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_asked(status, value, seconds):
    assert retry_after(status, [("Server", "x"), ("RETRY-after", value)], MOMENT) == seconds


def test_nothing_is_asked():
    assert retry_after(429, [], MOMENT) is None


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(None, 60), (0, 60), (61, 61), (240, 240), (241, 240), (1e9, 240)],
    ids=lambda value: str(value),
)
def test_it_is_followed_within_one_to_four_times_the_planned_wait(asked, wait):
    schedule = RetrySchedule(waits=(60,), shortened_by=0)
    assert schedule.next_wait(1, 429, asked=asked) == wait


def test_it_does_not_keep_a_delivery_alive():
    schedule = RetrySchedule(waits=(60,), final_statuses=frozenset({429}))
    assert schedule.next_wait(1, 429, asked=5) is None
    assert schedule.next_wait(2, 503, asked=5) is None
