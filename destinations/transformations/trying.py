"""A transformation that is being written, tried on one event and on the newest ones: before, after, dropped, failed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from destinations.differences import Line, json_difference
from destinations.freemarker import TemplateError
from destinations.messages.controls import without_controls
from destinations.messages.original import message_of
from destinations.messages.seen import as_event
from destinations.models import Destination
from destinations.transformations.results import TransformationFailed
from destinations.transformations.wanting import Wanting, wanting_of
from events.jsonlayout import indented
from events.jsontext import dumps
from events.models import Event
from events.shape import complete

MOST_EVENTS, MOST_SECONDS = 200, 1.0
MOST_SHOWN = 10  # events made of one

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class After:
    """One of the events that were made. `lines`: how it differs from what was there before; `refused`: by which rule of
    the filter it is not sent, "" where it is."""

    number: int
    text: str
    lines: list[Line]
    refused: str


@dataclass(slots=True)
class Tried:
    """`error` has the place in the template; `failure` says in words what went wrong without one."""

    before: str = ""
    after: list[After] = field(default_factory=list)
    more: int = 0  # events made that are not in `after`
    dropped: str = ""
    error: TemplateError | None = None
    failure: str = ""

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """The error as the editor marks it in its margin (rows count from 0)."""
        error = self.error
        if error is None or error.line is None:
            return []
        return [{"row": error.line - 1, "column": (error.column or 1) - 1, "text": error.message, "type": "error"}]


def before_of(wanting: Wanting, data: Data, came_as: Data | None) -> Data:
    """What the transformation is given."""
    data = wanting.sight.data(data)
    if not wanting.of_messages:
        return complete(data)
    return without_controls(message_of(data, came_as and wanting.sight.message(came_as)))


def try_on_one(draft: Destination, topic: str, data: Data, came_as: Data | None) -> Tried:
    """What the draft makes of an event."""
    wanting = wanting_of(draft)
    before = before_of(wanting, data, came_as)
    tried = Tried(indented(dumps(before)))
    if not wanting.transforms:
        return tried
    try:
        result = wanting.result(data, came_as)
    except TransformationFailed as failed:
        tried.error, tried.failure = failed.error, str(failed)
        return tried
    tried.dropped, tried.more = result.reason, max(0, len(result.events) - MOST_SHOWN)
    tried.after = list(_after(wanting, before, topic, data, result.events[:MOST_SHOWN]))
    return tried


def _after(wanting: Wanting, before: Data, topic: str, data: Data, events: Iterable[Data]) -> Iterator[After]:
    for number, made in enumerate(events, 1):
        shown = made if wanting.of_messages else complete(made)
        seen = as_event(made, data) if wanting.of_messages else made
        refused = wanting.plain.refusal(topic, str(seen.get("event_type", data.get("event_type", ""))), seen)
        text = dumps(shown)
        yield After(number, indented(text), json_difference(dumps(before), text), refused or "")


def try_on_many(draft: Destination) -> Counter[str]:
    """How the newest events come out: "events", "sent", "several", "dropped", "refused", "failed"."""
    wanting, counts = wanting_of(draft), Counter[str]()
    newest = Event.objects.filter(project=draft.project_id).exclude(topic="cohort.update").order_by("-pk")
    until = monotonic() + MOST_SECONDS
    for event in newest[:MOST_EVENTS]:
        counts["events"] += 1
        counts[_outcome(wanting, event)] += 1
        if monotonic() > until:
            break
    return counts


def _outcome(wanting: Wanting, event: Event) -> str:
    if not wanting.transforms:
        return "sent" if wanting.refuses(event) is None else "refused"
    parts = wanting.parts_of(event)
    if isinstance(parts, str):
        return "dropped" if parts.startswith("the transformation dropped it") else "refused"
    return "failed" if parts[0].failure else "several" if len(parts) > 1 else "sent"
