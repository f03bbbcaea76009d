"""The messages of one request, on their way to being events: what cannot be taken is kept to be looked at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.timezone import now

from events import ingest_limit, refusals
from events.accept import Incoming, accept
from events.database_faults import PASSING, is_mistake
from events.dialects import segment_answers as answers
from events.dialects.jsonbody import Document
from events.dialects.segment_answers import Refused
from events.dialects.segment_events import to_event
from events.dialects.segment_messages import Arrival, Discarded, read_message, refuse_without_ids
from events.jsontext import dumps
from events.models import Project
from events.refusals import Sender
from events.uuids import time_ordered_uuids

AT_ONCE = 2_000  # messages of one transaction
OK = 200


@dataclass(slots=True)
class Request:
    """`wire_type`: the type that the address says; empty for a batch. `project`, once it is known."""

    sender: Sender
    wire_type: str = ""
    project: Project | None = None
    raw: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, request: WSGIRequest, wire_type: str = "") -> "Request":
        return cls(Sender.of(request), wire_type)


def take(asked: Request, document: Document) -> None:
    """Returns once everything is committed. Raises Refused; then nothing was stored, or it is safe to send again."""
    messages, batch = _messages(document.value, asked.wire_type)
    refuse_without_ids(messages)
    assert asked.project is not None
    if wait := ingest_limit.seconds_to_come_again(asked.project, len(messages)):
        raise Refused(ingest_limit.TOO_MANY, answers.THROTTLED, ingest_limit.reason(asked.project), wait=wait)
    received = now()
    arrival = Arrival(received, asked.sender.address, batch, document.unclean)
    try:
        discarded = _store(asked, messages, arrival)
    except PASSING as error:
        if is_mistake(error):
            raise
        raise Refused(503, answers.UNAVAILABLE) from error
    refusals.keep(asked.project.pk, asked.sender, received, OK, discarded)


def refused(asked: Request, error: Refused, at: datetime) -> None:
    """Shown to the project, if it is known which."""
    if asked.project is None or error.status >= 500:
        return
    if ingest_limit.count(asked.project, error.status, at):
        refusals.keep(asked.project.pk, asked.sender, at, error.status, [(error.reason, asked.raw)])


def _messages(content: dict[str, Any], wire_type: str) -> tuple[list[Any], dict[str, Any]]:
    """(messages, what is around them)"""
    if wire_type:
        return [content], {}
    messages = content.get("batch")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, answers.EMPTY_BATCH)
    return messages, {name: value for name, value in content.items() if name != "batch"}


def _store(asked: Request, messages: list[Any], arrival: Arrival) -> list[tuple[str, bytes]]:
    """Returns what could not be stored: (why, the message)."""
    assert asked.project is not None
    discarded: list[tuple[str, bytes]] = []
    for start in range(0, len(messages), AT_ONCE):
        part = messages[start : start + AT_ONCE]
        events: list[Incoming] = []
        for given, uuid in zip(part, time_ordered_uuids(len(part), arrival.received), strict=True):
            try:
                message = read_message(given, arrival, asked.wire_type)
                events.append(to_event(message, asked.project.pk, uuid))
            except Discarded as error:
                discarded.append((str(error), dumps(given).encode(errors="replace")))
        if events:
            accept(asked.project, events, arrival.received)
    return discarded
