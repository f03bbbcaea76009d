"""Write key -> project, remembered for seconds, so that neither good nor random keys cost a query each."""

import re
from collections import OrderedDict
from datetime import timedelta
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.timezone import now

from events import audit, storing
from events.models import Project, new_write_key

# A changed or removed key works this much longer, in each process.
FOUND_SECONDS = 30
NOT_FOUND_SECONDS = 10
MAX_REMEMBERED = 10_000
OVERLAP_HOURS = (24, 0, 720)  # how long a replaced key goes on: default, least, most
FIELDS = ("api_key", "api_key_used_at", "old_api_key", "old_api_key_until", "old_api_key_used_at")
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
    return storing.do(partial(_look_up, key))


def _look_up(key: str) -> Project | None:
    moment = now()
    is_old = Q(old_api_key=key, old_api_key_until__gt=moment)
    project = Project.objects.filter(Q(api_key=key) | is_old).first()
    _remember(key, project)
    if project:
        used = "api_key_used_at" if project.api_key == key else "old_api_key_used_at"
        Project.objects.filter(pk=project.pk).update(**{used: moment})
    return project


class BadOverlap(ValueError):
    """Why the write key stays as it is."""


def check_overlap(hours: float) -> None:
    """Raises BadOverlap."""
    _, least, most = OVERLAP_HOURS
    if not least <= hours <= most:
        raise BadOverlap(f"Give a number of hours from {least} to {most}.")


@transaction.atomic
def renew(project: Project, hours: float) -> str:
    """As `replace`, for somebody who asked for it. Raises BadOverlap."""
    check_overlap(hours)
    key = replace(project, hours)
    audit.record("replaced the write key of", project)
    return key


@transaction.atomic
def end_old(project: Project) -> bool:
    """The key before is refused from now on; whether there was one that worked."""
    if not old_key(project):
        return False
    forget_old(project)
    project.save(update_fields=FIELDS)
    audit.record("ended the old write key of", project)
    return True


def replace(project: Project, hours: float) -> str:
    """Gives the project a new write key and returns it; the present one works for so many hours more. One that still
    worked from an earlier time ends."""
    moment = now()
    project.old_api_key, project.old_api_key_until = project.api_key, moment + timedelta(hours=hours)
    project.old_api_key_used_at, project.api_key_used_at = project.api_key_used_at, None
    project.api_key = new_write_key()
    if not hours:
        forget_old(project)
    project.save(update_fields=FIELDS)
    return project.api_key


def forget_old(project: Project) -> None:
    """The caller saves `FIELDS`."""
    project.old_api_key = project.old_api_key_until = project.old_api_key_used_at = None


def old_key(project: Project) -> str | None:
    """The key before, while it works."""
    until = project.old_api_key_until
    return project.old_api_key if until and until > now() else None


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
