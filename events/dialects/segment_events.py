"""A message -> the event in the export shape that filters and templates see. docs/segment.md has it as a table."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from events.accept import Incoming
from events.dialects import exposure
from events.dialects.amplitude_groups import group_name
from events.dialects.segment_context import read_context
from events.dialects.segment_messages import Message
from events.identify import is_number
from events.restrictions import restrictions_of
from events.shape import time_text

MAX_EVENT_TYPE = 1024  # characters
# Segment's groups have no type.
GROUP_TYPE = "group"
# What a pair of a merge call may call the ids that profiles are found by.
USER, ANONYMOUS = ("userid", "user_id"), ("anonymousid", "anonymous_id")


def to_event(message: Message, project_id: int, uuid: UUID) -> Incoming:
    fill = FILLED_BY.get(message.type, _other)
    times = message.times
    data: dict[str, Any] = {
        "app": project_id,
        "uuid": str(uuid),
        "event_time": time_text(times.happened),
        "client_event_time": time_text(times.original),
        "client_upload_time": time_text(times.sent),
        "$insert_id": message.id,
        **read_context(message.object("context"), message.sent.get("channel")),
    }
    if "ip_address" not in data and isinstance(address := message.sent.get("request_ip"), str):
        data["ip_address"] = address
    incoming = Incoming(
        "event.track", "", message.user_id, message.anonymous_id, times.happened, uuid, data, message.id,
        message=message.sent, restrictions=restrictions_of(message.sent), notes=message.notes,
    )  # fmt: skip
    incoming.is_unique = True
    if message.user_id:
        data["user_id"] = message.user_id
    if message.anonymous_id:
        data["device_id"] = message.anonymous_id
    if group := group_name(message.object("context").get("groupId")):
        data["groups"] = {GROUP_TYPE: [group]}
    fill(incoming, message)
    data["event_type"] = incoming.event_type
    return incoming


def _track(incoming: Incoming, message: Message) -> None:
    """One by a name that Amplitude's Experiment gives to exposures is an exposure, whoever sends it."""
    _name(incoming, message.sent.get("event"), "track")
    _properties(incoming, message.object("properties"))
    if incoming.event_type in exposure.SENT_AS:
        incoming.topic = exposure.TOPIC
        exposure.complete(incoming)


def _other(incoming: Incoming, message: Message) -> None:
    """A type of the sender's own: what it has of a track call is kept."""
    _name(incoming, message.sent.get("event"), message.type)
    _properties(incoming, message.object("properties"))


def _page(incoming: Incoming, message: Message) -> None:
    """Name and category are properties of it, as the browser SDKs send them anyway."""
    incoming.topic, incoming.event_type = "event.page", message.type
    named = {key: value for key in ("name", "category") if (value := message.sent.get(key)) not in (None, "")}
    _properties(incoming, named | message.object("properties"))


def _identify(incoming: Incoming, message: Message) -> None:
    """Server SDKs send the traits in `traits`, `context.traits` or both."""
    incoming.topic, incoming.event_type = "event.identify", "$identify"
    context = message.object("context")
    traits = message.object("traits") or context.get("traits")
    if isinstance(traits, dict) and traits:
        incoming.user_operations = {"$set": traits}


def _group(incoming: Incoming, message: Message) -> None:
    """The user is in the group from now on, and the traits are the group's."""
    incoming.topic, incoming.event_type = "event.group", "$groupidentify"
    name = group_name(message.sent.get("groupId"))
    if name is None:
        incoming.notes.append("no group was joined: groupId is missing, too long or no text")
        return
    incoming.data["groups"] = {GROUP_TYPE: [name]}
    incoming.joins_groups = True
    incoming.group_operations = {(GROUP_TYPE, name): {"$set": message.object("traits")}}


def _alias(incoming: Incoming, message: Message) -> None:
    """`previousId` may be a user's or a device's: both profiles are merged where there are both."""
    incoming.topic, incoming.event_type = "event.alias", "$alias"
    previous = message.sent.get("previousId")
    previous = str(previous) if is_number(previous) else previous
    if isinstance(previous, str) and previous:
        _properties(incoming, {"previousId": previous})
        incoming.merges = (f"d:{previous}", f"u:{previous}")


def _merge(incoming: Incoming, message: Message) -> None:
    """RudderStack's merge names pairs of (type, value) that are one person. Ids are what we know profiles by."""
    incoming.topic, incoming.event_type = "event.alias", "$merge"
    pairs = message.sent.get("mergeProperties")
    pairs = [pair for pair in pairs if isinstance(pair, dict)] if isinstance(pairs, list) else []
    if pairs:
        _properties(incoming, {"mergeProperties": pairs})
    incoming.merges = tuple(
        f"{'u' if kind in USER else 'd'}:{pair['value']}"
        for pair in pairs
        if (kind := str(pair.get("type", "")).lower()) in (*USER, *ANONYMOUS) and isinstance(pair.get("value"), str)
    )


def _name(incoming: Incoming, given: Any, otherwise: str) -> None:
    name = str(given) if is_number(given) else given
    if not isinstance(name, str) or not name:
        incoming.notes.append("it has no event name")
        name = otherwise
    if len(name) > MAX_EVENT_TYPE:
        incoming.notes.append(f"event name cut at {MAX_EVENT_TYPE:,} characters")
    incoming.event_type = name[:MAX_EVENT_TYPE]


def _properties(incoming: Incoming, properties: dict[str, Any]) -> None:
    if properties:
        incoming.data["event_properties"] = properties


FILLED_BY: dict[str, Callable[[Incoming, Message], None]] = {
    "track": _track,
    "identify": _identify,
    "page": _page,
    "screen": _page,
    "group": _group,
    "alias": _alias,
    "merge": _merge,
}
