"""The export shape: an event as templates see it (`input`), as raw payloads are sent, and as exports write it."""

from datetime import UTC, datetime
from typing import Any

# In the order they are shown and sent. Rows store only what an event has; `complete` adds the rest as null.
FIELDS = (
    "event_type", "event_time", "user_id", "device_id", "amplitude_id", "session_id", "event_id", "uuid",
    "$insert_id", "event_properties", "user_properties", "groups", "group_properties", "cohorts",
    "client_event_time", "client_upload_time", "server_received_time", "server_upload_time", "processed_time",
    "app", "platform", "os_name", "os_version", "version_name", "start_version", "language", "library",
    "device_family", "device_type", "device_brand", "device_manufacturer", "device_model", "device_carrier",
    "country", "region", "city", "dma", "ip_address", "location_lat", "location_lng", "idfa", "adid",
    "paying", "user_creation_time", "data", "plan", "amplitude_attribution_ids", "sample_rate",
    "amplitude_event_type", "is_attribution_event", "$schema",
)  # fmt: skip
EMPTY: dict[str, Any] = dict.fromkeys(FIELDS)
OBJECTS = ("event_properties", "user_properties", "groups", "group_properties", "data")


def complete(data: dict[str, Any]) -> dict[str, Any]:
    """`data` with every field of the shape, in its order: null where empty, {} for the objects, [] for the cohorts,
    session_id -1.

    What the hub itself says (a cohort update) has no event type and a shape of its own: it stays as it is.
    """
    if "event_type" not in data:
        return data
    full = EMPTY | data
    for name in OBJECTS:
        if full[name] is None:
            full[name] = {}
    if full["cohorts"] is None:
        full["cohorts"] = []
    if full["session_id"] is None:
        full["session_id"] = -1
    return full


def time_text(moment: datetime) -> str:
    """`2022-10-24 20:07:32.123`, UTC. Three digits, because the documented `?datetime` recipe reads six wrongly."""
    return moment.astimezone(UTC).isoformat(" ", "milliseconds")[:23]
