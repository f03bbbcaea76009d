"""The audit trail of a project as people read it: which entries, newest first, a page at a time by key."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from delivery.models import Delivery
from destinations.differences import Line, difference
from destinations.models import Destination, PortalKind
from events.models import AuditEntry, Project

ROWS = 25
SHORT = 120  # characters that fit beside each other
TYPES = {"membership": "member", "portalkind": "kind"}  # model -> word, where that is another
# model -> (its table, the door of its page)
LINKED: dict[str, tuple[type[Destination] | type[Delivery] | type[PortalKind], str]] = {
    "destination": (Destination, "destination"),
    "delivery": (Delivery, "delivery"),
    "portalkind": (PortalKind, "portal_kind"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for; empty for all. `object_id` only with its type."""

    who: str = ""
    object_type: str = ""
    object_id: int | None = None
    since: datetime | None = None

    def __bool__(self) -> bool:
        return self != Criteria()


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One value: before and after where they are short, else the lines that differ."""

    path: str
    before: str | None
    after: str | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """`url` leads to the thing, while it is still there."""

    entry: AuditEntry
    kind: str
    url: str
    changes: list[ShownChange]

    @property
    def is_long(self) -> bool:
        return len(self.changes) > 3 or any(change.lines for change in self.changes)


@dataclass(frozen=True, slots=True)
class Page:
    """`newer` and `older` are the ids to go on from; None where nothing follows."""

    rows: list[ShownEntry]
    newer: int | None
    older: int | None


def page(project: Project, criteria: Criteria, *, before: int | None = None, after: int | None = None) -> Page:
    """The newest matching entries; those older than the id `before`, or the next newer than the id `after`."""
    entries = matching(project, criteria)
    if after is not None:
        found = list(entries.filter(pk__gt=after).order_by("pk")[: ROWS + 1])
        if len(found) <= ROWS:  # the newest end is reached: show a full first page
            return page(project, criteria)
        rows = found[:ROWS][::-1]
        return Page(_shown(project, rows), newer=rows[0].pk, older=rows[-1].pk)
    found = list((entries.filter(pk__lt=before) if before else entries).order_by("-pk")[: ROWS + 1])
    rows = found[:ROWS]
    newer = rows[0].pk if rows and before else None
    return Page(_shown(project, rows), newer, older=rows[-1].pk if len(found) > ROWS else None)


def people(project: Project) -> list[str]:
    """Everybody who stands in the trail, by name."""
    names = AuditEntry.objects.filter(project=project).order_by("by_name").values_list("by_name", flat=True)
    return list(names.distinct()[:200])


def kinds(project: Project) -> list[tuple[str, str]]:
    """(model, word) of what was changed."""
    found = AuditEntry.objects.filter(project=project).order_by("object_type").values_list("object_type", flat=True)
    return [(model, word_of(model).capitalize()) for model in found.distinct() if model]


def word_of(model: str) -> str:
    return TYPES.get(model, model)


def matching(project: Project, criteria: Criteria) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(project=project)
    if criteria.who:
        entries = entries.filter(by_name=criteria.who)
    if criteria.object_type:
        entries = entries.filter(object_type=criteria.object_type)
        if criteria.object_id is not None:
            entries = entries.filter(object_id=criteria.object_id)
    return entries.filter(at__gte=criteria.since) if criteria.since else entries


def _shown(project: Project, entries: list[AuditEntry]) -> list[ShownEntry]:
    links: dict[tuple[str, int | None], str] = {}
    for kind, (model, door) in LINKED.items():
        ids = {one.object_id for one in entries if one.object_type == kind and one.object_id is not None}
        there = list(model.objects.filter(project=project, pk__in=ids).values_list("pk", flat=True)) if ids else []
        links |= {(kind, pk): reverse(door, args=[project.slug, pk]) for pk in there}
    return [
        ShownEntry(
            entry,
            word_of(entry.object_type),
            links.get((entry.object_type, entry.object_id), ""),
            [_change(*change) for change in entry.changes],
        )
        for entry in entries
    ]


def _change(path: str, before: Any, after: Any) -> ShownChange:
    old, new = _text(before), _text(after)
    if all(text is None or (len(text) <= SHORT and "\n" not in text) for text in (old, new)):
        return ShownChange(path, old, new, [])
    return ShownChange(path, None, None, difference(old or "", new or ""))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
