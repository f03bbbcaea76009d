"""Python imports this by itself in each process of the hub under test, because its folder stands on PYTHONPATH.

The file that FAULTS_CLOCK names holds the seconds by which the time of day is wrong. time_machine changes it below
Python, in time.time as in datetime.now; the monotonic clock goes on, as it does when a real clock is stepped.
"""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOOK_EVERY = 0.2  # seconds


def _follow(path: Path) -> None:
    import time_machine

    pause, offset = threading.Event(), 0.0
    while True:
        if path.exists() and (wanted := float(path.read_text())) != offset:
            moment = datetime.now(UTC) + timedelta(seconds=wanted - offset)
            time_machine.travel(moment, tick=True).start()
            offset = wanted
        pause.wait(LOOK_EVERY)


if path := os.environ.get("FAULTS_CLOCK"):
    threading.Thread(target=_follow, args=(Path(path),), name="stepped clock", daemon=True).start()
