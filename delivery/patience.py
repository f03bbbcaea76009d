"""Work on the database, again and again while that is away: outcomes in memory must not be lost to it."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from events.database_faults import PASSING, is_mistake

log = logging.getLogger(__name__)
T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds


def patiently(work: Callable[[], T], wait: Callable[[float], None]) -> T:
    """`wait`: spends so many seconds until the next try."""
    pause = FIRST_PAUSE
    while True:
        try:
            return work()
        except PASSING as error:
            if is_mistake(error):
                raise
            log.warning("The database does not answer (%s); trying again in %.1f s", str(error).strip(), pause)
            connection.close()
            wait(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
