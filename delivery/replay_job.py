"""RQ's entrance to replays: goes round those that run, a step each, and hands over to the next job after a while."""

from functools import partial
from time import sleep

from delivery.replay_steps import running, step
from delivery.replay_wake import taken, wake_replays
from delivery.worker import alive, stopping
from events.small_steps import SmallSteps

JOB_SECONDS = 15.0  # other jobs of the queue wait no longer than that
BREATH = 0.1  # seconds, while no replay can go on


def run_replays() -> None:
    """Safe to run twice, and at any time."""
    taken()
    steps = SmallSteps(JOB_SECONDS, stopping)
    while (replays := running()) and not steps.is_over:
        alive()
        moved = [steps.take(partial(_step, pk, steps)) for pk in replays]
        if not any(moved):
            sleep(BREATH)
    if replays:
        wake_replays()


def _step(replay: int, steps: SmallSteps) -> int:
    return int(step(replay, steps.size))
