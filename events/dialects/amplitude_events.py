"""One event of Amplitude's HTTP dialect: checked, renamed and corrected into the export shape."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.accept import Incoming
from events.dialects import exposure
from events.dialects.amplitude_answers import INVALID, MISSING, Problems
from events.dialects.amplitude_fields import FIELDS, NO_DEVICE, OBJECT, OTHER, REVENUE, SHAPE, WRONG, text
from events.dialects.amplitude_groups import read_groups
from events.dialects.amplitude_ids import MIN_LENGTH, read_id
from events.dialects.amplitude_revenue import revenue_properties
from events.dialects.amplitude_times import clock_error, corrected, from_milliseconds, upload_time
from events.dialects.jsonbody import LONG_STRING, clean
from events.dialects.long_strings import cut
from events.notes import counted
from events.shape import time_text
from events.uuids import time_ordered_uuids

TOPICS = {
    "$identify": "event.identify",
    "$groupidentify": "event.group",
    **dict.fromkeys(exposure.SENT_AS, exposure.TOPIC),
}
DEFAULT_LIBRARY = "http/2.0"


class EventReader:
    """Reads the events of one request, which share project, clocks and sender (`address`, for `ip: $remote`)."""

    def __init__(
        self,
        project_id: int,
        received: datetime,
        *,
        client_upload_time: Any = None,
        address: str | None = None,
        min_id_length: int = MIN_LENGTH,
        needs_id: bool = True,
        unclean: bool = True,
        long_strings: bool = True,
    ) -> None:
        self.problems = Problems()
        self._uploaded = upload_time(client_upload_time) or received
        self._clock_error = clock_error(received, self._uploaded)
        self._address = address
        self._min_id_length = min_id_length
        self._needs_id = needs_id
        self._unclean = unclean
        self._long_strings = long_strings
        self._received = received
        at = time_text(received)
        self._common = {
            "app": project_id,
            "client_upload_time": time_text(self._uploaded),
            "server_received_time": at,
            "server_upload_time": at,
            "processed_time": at,
            "library": DEFAULT_LIBRARY,
        }

    def read(self, events: list[Any]) -> list[Incoming]:
        """The events that can be taken; `problems` says what is wrong with the others."""
        uuids = time_ordered_uuids(len(events), self._received)
        read = [self._read(event, index, uuids[index]) for index, event in enumerate(events)]
        return [event for event in read if event is not None]

    def _read(self, sent: Any, index: int, uuid: UUID) -> Incoming | None:
        if not isinstance(sent, dict):
            self.problems.add(INVALID, "event", index)
            return None
        notes: list[str] = []
        if self._unclean:
            sent = _noted(clean(sent), "character", "replaced", notes)
        if self._long_strings:
            sent = _noted(cut(sent), "text", f"cut at {LONG_STRING:,} characters", notes)
        event_type = self._event_type(sent, index)
        user_id, device_id = self._ids(sent, index, event_type)
        client_time = self._client_time(sent, index)
        insert_id = self._insert_id(sent, index)
        parts = self._parts(sent, index)
        if event_type == "$groupidentify" and not parts[OBJECT].get("groups"):
            self.problems.add(MISSING, "groups", index)
        if self.problems:  # nothing of this request will be stored: go on only to name the other bad events
            return None
        event_time = corrected(client_time, self._clock_error)
        data = self._common | {
            "event_type": event_type,
            "event_time": (event_text := time_text(event_time)),
            "client_event_time": event_text if event_time is client_time else time_text(client_time),
            "uuid": str(uuid),
        }
        if user_id is not None:
            data["user_id"] = user_id
        if device_id is not None:
            data["device_id"] = device_id
        if insert_id is not None:
            data["$insert_id"] = insert_id
        incoming = Incoming(
            TOPICS.get(event_type, "event.track"), event_type, user_id, device_id, event_time, uuid, data, insert_id,
            notes=notes,
        )  # fmt: skip
        self._fill(incoming, parts)
        return incoming

    def _event_type(self, sent: dict[str, Any], index: int) -> str:
        value = sent.get("event_type")
        if type(value) is str and value:
            return value
        self.problems.add(MISSING if value in (None, "") else INVALID, "event_type", index)
        return ""

    def _ids(self, sent: dict[str, Any], index: int, event_type: str) -> tuple[str | None, str | None]:
        user_id, wrong_user = read_id(sent.get("user_id"), self._min_id_length)
        device_id, wrong_device = read_id(sent.get("device_id"), self._min_id_length)
        if wrong_user:
            self.problems.add(wrong_user, "user_id", index)
        if wrong_device:
            self.problems.add(wrong_device, "device_id", index)
        needs_one = self._needs_id and event_type != "$groupidentify"
        if needs_one and not (user_id or device_id or wrong_user or wrong_device):
            self.problems.add(MISSING, "user_id", index)
            self.problems.add(MISSING, "device_id", index)
        return user_id, device_id

    def _client_time(self, sent: dict[str, Any], index: int) -> datetime:
        value = sent.get("time")
        if value is None:
            return self._uploaded
        moment = from_milliseconds(value)
        if moment is None:
            self.problems.add(INVALID, "time", index)
        return moment or self._uploaded

    def _insert_id(self, sent: dict[str, Any], index: int) -> str | None:
        value = sent.get("insert_id")
        if value is None or value == "":
            return None
        value = text(value)
        if value is WRONG:
            self.problems.add(INVALID, "insert_id", index)
            return None
        return value

    def _parts(self, sent: dict[str, Any], index: int) -> tuple[dict[str, Any], ...]:
        parts: tuple[dict[str, Any], ...] = ({}, {}, {}, {})
        for wire_name, value in sent.items():
            if wire_name not in FIELDS or value is None:
                continue
            read, part, name = FIELDS[wire_name]
            if read is not text or type(value) is not str:
                value = read(value)
                if value is WRONG:
                    self.problems.add(INVALID, wire_name, index)
                    continue
            parts[part][name] = value
        return parts

    def _fill(self, incoming: Incoming, parts: tuple[dict[str, Any], ...]) -> None:
        data, notes, objects = incoming.data, incoming.notes, parts[OBJECT]
        data |= parts[SHAPE]
        if parts[OTHER]:
            data["data"] = parts[OTHER]
        properties = objects.get("event_properties")
        if parts[REVENUE]:
            properties = (properties or {}) | revenue_properties(parts[REVENUE], notes)
        if properties:
            data["event_properties"] = properties
        if data.get("ip_address") == "$remote":
            data["ip_address"] = self._address
        for name in ("idfa", "adid"):
            if data.get(name) == NO_DEVICE:
                del data[name]
                notes.append(f"{name} left out: all zeros")
        if objects.get("groups"):
            data["groups"] = read_groups(objects["groups"], notes)
        incoming.user_operations = objects.get("user_properties") or None
        incoming.sync_profile = objects.get("$skip_user_properties_sync") is not True
        if incoming.topic == exposure.TOPIC:
            exposure.complete(incoming)
        elif incoming.event_type == "$groupidentify":
            operations = objects.get("group_properties") or {}
            incoming.group_operations = {
                (group_type, name): operations for group_type, names in data["groups"].items() for name in names
            }


def _noted(changed: tuple[dict[str, Any], int], noun: str, verb: str, notes: list[str]) -> dict[str, Any]:
    """The changed event; with the note `3 characters replaced` if there was anything to change."""
    event, count = changed
    if count:
        notes.append(f"{counted(count, noun)} {verb}")
    return event
