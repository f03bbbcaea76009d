"""Amplitude-style webhooks, as Corsair's receivers and other hubs speak: {type, created_at, data} -> an event.

Their fields: docs/amplitude-webhooks.md.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.accept import Incoming
from events.announced import ANNOUNCEMENTS, announced_data, identity
from events.dialects import exposure
from events.dialects.amplitude_answers import INVALID, LENGTH, MISSING
from events.dialects.amplitude_events import EventReader
from events.dialects.amplitude_fields import FIELDS
from events.dialects.amplitude_times import upload_time
from events.dialects.jsonbody import Document, clean
from events.identify import is_number
from events.notes import counted
from events.uuids import time_ordered_uuids

Fields = dict[str, Any]

TRACK, IDENTIFY = "event.track", "event.identify"
TYPES = (
    TRACK, IDENTIFY, "annotation.created", "annotation.updated", "monitor.alert", "cohort.computed", exposure.TOPIC,
)  # fmt: skip
# What an event must have: {field: type}.
REQUIRED: dict[str, dict[str, type]] = {
    TRACK: {"event_type": str, "time": float},
    IDENTIFY: {"time": float},
    exposure.TOPIC: {"flag_key": str, "time": float},
}
# The names that the fields of annotations have elsewhere.
ALIASES = {"annotation_id": "id", "details": "description"}
MOST_HOPS = 5
WRONG = {MISSING: "is missing", INVALID: "is not what it should be", LENGTH: "has more than 512 characters"}
NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list"}


class BadWebhook(ValueError):
    """Why it is not taken, for whoever sent it."""


class TooManyHops(BadWebhook):
    """It has gone from hub to hub, or in a circle."""


def type_of(value: Any) -> str:
    """What a body says it is, known or not; "" where it says nothing."""
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""


def read_webhook(project_id: int, document: Document, received: datetime, hops: int = 0) -> Incoming:
    """`hops`: how many hubs it has passed, as the last one said. Raises BadWebhook."""
    body, replaced = clean(document.value) if document.unclean else (document.value, 0)
    if not isinstance(body, dict):
        raise BadWebhook("The body is not an object with type, created_at and data.")
    topic, data = type_of(body), body.get("data")
    if topic not in TYPES:
        said = f"“{topic[:100]}” is not a known type" if topic else "The type is missing"
        raise BadWebhook(f"{said}. Known: {', '.join(TYPES)}.")
    if not isinstance(data, dict):
        raise BadWebhook("data is not an object.")
    if hops >= MOST_HOPS:
        words = f"This has passed {hops} hubs already. Look for a destination that leads back to where it began."
        raise TooManyHops(words)
    if topic in ANNOUNCEMENTS:
        incoming = _announcement(project_id, topic, data, received)
    else:
        incoming = _event(project_id, topic, data, document, received)
    if replaced:
        incoming.notes.append(f"{counted(replaced, 'character')} replaced")
    incoming.data["data"] = incoming.data.get("data", {}) | {"hops": hops + 1}
    return incoming


def _announcement(project_id: int, topic: str, data: Fields, received: datetime) -> Incoming:
    wanted = ANNOUNCEMENTS[topic]
    fields = {name: value for name, value in data.items() if name != "type"}
    if topic.startswith("annotation."):
        for name, alias in ALIASES.items():
            other = fields.pop(alias, None)
            if fields.get(name) is None and other not in (None, ""):
                fields[name] = other
    fields |= _checked(fields, wanted.fields)
    moment, notes = upload_time(fields[wanted.moment]), []
    if moment is None:
        notes.append(f"{wanted.moment} is no time: taken as of when it came")
        moment = received
    (uuid,) = time_ordered_uuids(1, received)
    stored = announced_data(project_id, topic, fields, moment, uuid)
    known_by = identity(topic, fields)
    return Incoming(topic, wanted.event_type, None, None, moment, uuid, stored, known_by, notes=notes)


def _event(project_id: int, topic: str, data: Fields, document: Document, received: datetime) -> Incoming:
    _checked(data, REQUIRED[topic])
    sent = _exposure(data) if topic == exposure.TOPIC else _tracked(topic, data)
    reader = EventReader(
        project_id,
        received,
        min_id_length=1,
        needs_id=False,
        unclean=False,
        long_strings=document.long_strings,
    )
    read = reader.read([sent])
    if reader.problems:
        raise BadWebhook(_words(reader.problems.answer()))
    (incoming,) = read
    if (uuid := _uuid(data.get("event_id"))) is not None:
        incoming.uuid, incoming.data["uuid"] = uuid, str(uuid)
    incoming.insert_id = "\0".join([topic, *_known_by(topic, data)])
    return incoming


def _known_by(topic: str, data: Fields) -> list[str]:
    if topic == exposure.TOPIC:
        return [str(data.get(name)) for name in ("flag_key", "variant", "time")]
    known = (data.get(name) for name in ("event_id", "insert_id", "time"))
    return [str(next(value for value in known if value not in (None, "")))]


def _tracked(topic: str, data: Fields) -> Fields:
    """The event as Amplitude's HTTP dialect has it. There an `event_id` counts the events of a device; here it is what
    this one is known by."""
    names = (*FIELDS, "user_id", "device_id", "time", "insert_id")
    sent = {name: data[name] for name in names if name in data and name != "event_id"}
    return sent | {"event_type": "$identify" if topic == IDENTIFY else data["event_type"]}


def _exposure(data: Fields) -> Fields:
    user = data.get("user")
    user = user if isinstance(user, dict) else {}
    sent = {name: user[name] for name in (*FIELDS, "user_id", "device_id") if name in user}
    if "os" in user:
        sent["os_name"] = user["os"]
    for name in ("user_id", "device_id"):
        if sent.get(name) is None:
            sent[name] = data.get(name)
    properties = {name: data[name] for name in (*exposure.RENAMED, "metadata") if data.get(name) is not None}
    return sent | {"event_type": exposure.SENT_AS[0], "time": data["time"], "event_properties": properties}


def _checked(data: Fields, wanted: dict[str, type]) -> Fields:
    """The wanted fields, numbers as text where text is wanted. Raises BadWebhook with all that is missing or wrong."""
    wrong, found = [], {}
    for name, kind in wanted.items():
        value = data.get(name)
        if kind is str and is_number(value):
            value = str(value)
        if kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None or value == "":
            wrong.append(f"data.{name} is missing")
        elif not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
            wrong.append(f"data.{name} is not {NAMES[kind]}")
        found[name] = value
    if wrong:
        raise BadWebhook("; ".join(wrong) + ".")
    return found


def _words(answer: Fields) -> str:
    return "; ".join(f"data.{name} {words}" for key, words in WRONG.items() for name in answer.get(key, ())) + "."


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None
