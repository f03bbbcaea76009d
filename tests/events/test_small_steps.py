import pytest
from django.db import connection

from events import small_steps
from events.small_steps import MOST, SmallSteps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still unless it is slept on or moved."""

    class Clock:
        now = 100.0
        slept = 0.0

        def sleep(self, seconds):
            self.slept += seconds

    clock = Clock()
    monkeypatch.setattr(small_steps, "monotonic", lambda: clock.now)
    monkeypatch.setattr(small_steps, "sleep", clock.sleep)
    return clock


def taking(clock, seconds):
    def work():
        assert connection.in_atomic_block
        clock.now += seconds
        return 7

    return work


def test_a_step_is_a_transaction_and_rests_twice_as_long(clock):
    steps = SmallSteps(20)
    assert steps.take(taking(clock, 0.5)) == 7
    assert not connection.in_atomic_block
    assert (clock.slept, steps.longest) == (1.0, 0.5)


def test_sizes_follow_how_long_a_step_took(clock):
    steps = SmallSteps(20)
    first = steps.size
    steps.take(taking(clock, 0.0))
    assert steps.size == 2 * first
    for _ in range(10):
        steps.take(taking(clock, 0.0))
    assert steps.size == MOST
    steps.take(taking(clock, 1.0))
    assert steps.size < MOST / 10


def test_it_ends_with_the_time_or_when_told(clock):
    steps = SmallSteps(1)
    assert not steps.is_over
    clock.now += 1
    assert steps.is_over
    assert SmallSteps(1, stopping=lambda: True).is_over
