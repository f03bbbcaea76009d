"""Write key -> project, remembered for seconds, so that neither good nor random keys cost a query each."""

import re
from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from events.models import Project

# A changed or removed key works this much longer, in each process.
FOUND_SECONDS = 30
NOT_FOUND_SECONDS = 10
MAX_REMEMBERED = 10_000
# What no key holds is refused before any query: a database may raise on NUL and surrogates.
POSSIBLE = re.compile(r"[!-~]{1,64}")

_remembered: OrderedDict[str, tuple[float, Project | None]] = OrderedDict()
_lock = Lock()


def project_of(key: Any) -> Project | None:
    """The project that the write key belongs to; None for a wrong key of any kind."""
    if not isinstance(key, str) or not POSSIBLE.fullmatch(key):
        return None
    known = _remembered.get(key)
    if known and known[0] > monotonic():
        return known[1]
    project = Project.objects.filter(api_key=key).first()
    _remember(key, project)
    return project


def _remember(key: str, project: Project | None) -> None:
    until = monotonic() + (FOUND_SECONDS if project else NOT_FOUND_SECONDS)
    with _lock:
        _remembered[key] = (until, project)
        _remembered.move_to_end(key)
        while len(_remembered) > MAX_REMEMBERED:
            _remembered.popitem(last=False)


@receiver([post_save, post_delete], sender=Project)
def forget_write_keys(**signal: Any) -> None:
    """A change shows at once in the process that made it."""
    with _lock:
        _remembered.clear()
