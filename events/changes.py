"""Events that change user properties which destinations want to hear of: an identify beside each, for those alone.

Such an identify is an event of its own, with a UUID that follows from its event's. `restrictions.changed` names the
properties, and destinations/reach.py lets it go only to those that asked for one of them.
"""

from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid5

if TYPE_CHECKING:
    from events.accept import Incoming

ANY = "*"
CHANGED = "changed"
# What is of the event and not of its user.
NOT_OF_USER = ("event_properties", "event_id", "$insert_id", "amplitude_event_type")


def changed_names(watched: Container[str], before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The watched properties that are not as they were; a property that is gone counts."""
    if before is after:
        return []
    names = dict.fromkeys([*after, *before])
    return [one for one in names if (ANY in watched or one in watched) and before.get(one) != after.get(one)]


def with_identifies(events: Sequence["Incoming"]) -> list["Incoming"]:
    """The events, each that changed something followed by its identify. Profiles are up to date already."""
    return [one for event in events for one in _with_identify(event)]


def _with_identify(event: "Incoming") -> Iterator["Incoming"]:
    yield event
    if event.changed:
        uuid = uuid5(event.uuid, "identify")
        data = {name: value for name, value in event.data.items() if name not in NOT_OF_USER}
        yield type(event)(
            topic="event.identify",
            event_type="$identify",
            user_id=event.user_id,
            device_id=event.device_id,
            event_time=event.event_time,
            uuid=uuid,
            data=data | {"event_type": "$identify", "uuid": str(uuid)},
            restrictions=(event.restrictions or {}) | {CHANGED: event.changed},
        )
