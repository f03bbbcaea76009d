"""Python imports this by itself in each process of the hub under test, because its folder stands on PYTHONPATH.

The file that FAULTS_CLOCK names holds the seconds by which the time of day is wrong. time_machine changes it below
Python, in time.time as in datetime.now; the monotonic clock goes on, as it does when a real clock is stepped.
"""

import os
import sys
import threading
from datetime import UTC, datetime, timedelta

LOOK_EVERY = 0.2  # seconds
# No two processes can be told in the same instant. The hub's clock, which is to notice the step, hears of it last.
LATER = 4.0 if "clock" in getattr(sys, "orig_argv", []) else 0.0  # seconds


def _follow(path: str) -> None:
    pause, offset = threading.Event(), 0.0
    while not pause.wait(LOOK_EVERY):
        wanted = _read(path)
        if wanted != offset:
            pause.wait(LATER)
            moment = datetime.now(UTC) + timedelta(seconds=wanted - offset)
            time_machine.travel(moment, tick=True).start()
            offset = wanted


def _read(path: str) -> float:
    try:
        with open(path) as file:
            return float(file.read())
    except FileNotFoundError:
        return 0.0


def _start() -> None:
    threading.Thread(target=_follow, args=(path,), name="stepped clock", daemon=True).start()


if path := os.environ.get("FAULTS_CLOCK"):
    import time_machine  # here and not in the thread: a process that forks meanwhile would wait for its import forever

    _start()
    os.register_at_fork(after_in_child=_start)
