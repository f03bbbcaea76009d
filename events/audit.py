"""The audit trail: one entry per change, written in the transaction that makes it.

    with transaction.atomic():
        destination.save()
        audit.record("paused", destination)

Who did it is known without being passed along: a request, a command or a job says so once, with `acting`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import models

from events.audit_changes import Change
from events.models import AuditEntry, Project


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` stays readable when the user is gone. `address`: where the request came from."""

    user: User | None
    name: str
    address: str | None = None


HUB = Actor(None, "the hub")
_acting: ContextVar[Callable[[], Actor]] = ContextVar("acting", default=lambda: HUB)


@contextmanager
def acting(actor: Callable[[], Actor] | str) -> Iterator[None]:
    """Whoever is behind all that happens inside: a name ("the command apply"), or what to call to find out."""
    token = _acting.set((lambda: Actor(None, actor)) if isinstance(actor, str) else actor)
    try:
        yield
    finally:
        _acting.reset(token)


def actor() -> Actor:
    """Who acts at the moment."""
    return _acting.get()()


def record(
    action: str,
    of: models.Model | None,
    changes: Iterable[Change] = (),
    *,
    by: User | None = None,
    name: str = "",
) -> AuditEntry:
    """Writes down that `action` ("changed", "paused", "retried") was done to `of`, a project or a thing of one.

    `changes`: see audit_changes.differences. `by`: where it is somebody else than who acts. `name`: what to call the
    thing, where its own name is not enough. Call it in the transaction of the change.
    """
    acts = actor()
    user = by or acts.user
    project = of if isinstance(of, Project) else getattr(of, "project", None)
    return AuditEntry.objects.create(
        project=project,
        by=user,
        by_name=user.get_username() if user else acts.name,
        address=acts.address,
        action=action,
        object_type=of._meta.model_name or "" if of else "",
        object_id=of.pk if of else None,
        object_name=(name or str(of or ""))[:200],
        changes=[list(change) for change in changes],
    )
