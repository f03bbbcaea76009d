"""How many events a second a project takes in at most: the rule, for the settings page and files, and its keeping.

Off until set, and then it costs nothing. A write key is public, so whoever reads it in a page can send events with it.
"""

from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

from django.utils.timezone import now

from events.models import Project
from events.rate_window import seconds_to_wait
from events.received import count_refused

WINDOW = 10  # seconds over which the rate is averaged
MOST = 1_000_000
TOO_MANY = 429

# Project -> (until when its refusals are only counted, on the monotonic clock; how many were).
_refused: dict[int, tuple[float, int]] = {}
_lock = Lock()


class BadLimit(ValueError):
    """Why the limit stays as it is."""


def set_limit(project: Project, given: Any) -> bool:
    """Enters the most events a second, 0 for as many as come; whether it changed. Does not save. Raises BadLimit."""
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST:
        raise BadLimit(f"Give a whole number of events a second, up to {MOST:,}; 0 for no limit.")
    changed = project.most_events_per_second != given
    project.most_events_per_second = given
    return changed


def seconds_to_come_again(project: Project, events: int) -> int:
    """Counts the events of one request, in one round trip to Redis. 0 where they are to be taken."""
    if not (most := project.most_events_per_second):
        return 0
    wait = seconds_to_wait(f"ingest:{project.pk}", most * WINDOW, WINDOW, events)
    if not wait and project.pk in _refused:
        _count_the_rest(project)
    return wait


def reason(project: Project) -> str:
    return f"more than {project.most_events_per_second:,} events a second (Project settings)"


def count(project: Project, status: int, at: datetime) -> bool:
    """Counts a request that was refused with this status; whether it is to be shown. Of those beyond the limit one in a
    window is, and then all of them are counted together: refusing must not cost a transaction each."""
    counted = 1
    if status == TOO_MANY:
        with _lock:
            until, more = _refused.get(project.pk, (0.0, 0))
            if monotonic() < until:
                _refused[project.pk] = until, more + 1
                return False
            _refused[project.pk] = monotonic() + WINDOW, 0
        counted += more
    count_refused(project, at, counted)
    return True


def _count_the_rest(project: Project) -> None:
    with _lock:
        counted = _refused.pop(project.pk, (0.0, 0))[1]
    if counted:
        count_refused(project, now(), counted)
