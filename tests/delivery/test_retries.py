"""The waits between attempts and between tries, as tables."""

import pytest

from delivery.retries import AMPLITUDE, ONE_TRY, RetrySchedule, TryPolicy

LONGEST, SHORTEST, MIDDLE = (lambda: 0.0), (lambda: 1.0), (lambda: 0.5)


@pytest.mark.parametrize(
    ("attempts_made", "seconds"),
    [
        (1, 28.18),
        (2, 56.36),
        (3, 112.72),
        (4, 225.44),
        (5, 450.88),
        (6, 901.76),
        (7, 1803.52),
        (8, 3607.05),
        (9, 7214.09),
    ],
)
def test_amplitude_waits_double_and_are_shortened_by_at_most_a_tenth(attempts_made, seconds):
    assert AMPLITUDE.next_wait(attempts_made, random=LONGEST) == pytest.approx(seconds, abs=0.01)
    assert AMPLITUDE.next_wait(attempts_made, random=SHORTEST) == pytest.approx(seconds * 0.9, abs=0.01)


def test_amplitude_gives_up_after_ten_attempts_and_four_hours():
    assert AMPLITUDE.most_attempts == 10
    assert AMPLITUDE.next_wait(10) is None
    assert AMPLITUDE.next_wait(11) is None
    assert sum(AMPLITUDE.waits) == pytest.approx(4 * 3600)


def test_another_preset_is_a_list_of_waits_and_the_statuses_that_end_at_once():
    schedule = RetrySchedule(waits=(5, 300), shortened_by=0, final_statuses=frozenset({410}))
    assert [schedule.next_wait(made, 500) for made in (1, 2, 3)] == [5, 300, None]
    assert schedule.next_wait(1, 410) is None
    assert schedule.next_wait(1) == 5


@pytest.mark.parametrize(
    ("tries_made", "status", "elapsed", "random", "wait"),
    [
        (1, 503, 0.0, MIDDLE, 0.1),
        (1, 503, 0.0, LONGEST, 0.05),
        (1, 503, 0.0, SHORTEST, 0.15),
        (2, 503, 0.3, MIDDLE, 0.2),
        (2, 503, 0.3, SHORTEST, 0.3),
        (3, 503, 0.6, MIDDLE, None),  # three tries at most
        (1, 500, 0.0, MIDDLE, 0.1),
        (1, 599, 0.0, MIDDLE, 0.1),
        (1, 429, 0.0, MIDDLE, 0.1),
        (1, 200, 0.0, MIDDLE, None),
        (1, 302, 0.0, MIDDLE, None),
        (1, 400, 0.0, MIDDLE, None),
        (1, 408, 0.0, MIDDLE, None),
        (1, None, 0.0, MIDDLE, None),  # no answer: the attempt ends
        (1, 503, 3.9, MIDDLE, 0.1),  # begins at 4.0 s
        (1, 503, 3.91, MIDDLE, None),  # would begin later
        (2, 503, 10.0, MIDDLE, None),
    ],
)
def test_tries_inside_an_attempt(tries_made, status, elapsed, random, wait):
    assert TryPolicy().next_wait(tries_made, status, elapsed, random) == (wait if wait is None else pytest.approx(wait))


def test_one_try():
    assert ONE_TRY.next_wait(1, 503, 0.0) is None
