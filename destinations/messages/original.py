"""The message that an event came as; for one that came in another dialect, the message that says the same. (pure)

The reverse of how messages become events. docs/compatibility.md has it as a table.
"""

from typing import Any

Data = dict[str, Any]
Message = dict[str, Any]

TYPES = {"$identify": "identify", "$groupidentify": "group"}
MOBILE = frozenset({"ios", "android"})
# Place in the message -> field of the export shape.
CONTEXT = {
    ("ip",): "ip_address",
    ("locale",): "language",
    ("sessionId",): "session_id",
    ("app", "version"): "version_name",
    ("device", "type"): "device_type",
    ("device", "brand"): "device_brand",
    ("device", "manufacturer"): "device_manufacturer",
    ("device", "model"): "device_model",
    ("device", "advertisingId"): "adid",
    ("network", "carrier"): "device_carrier",
    ("os", "name"): "os_name",
    ("os", "version"): "os_version",
    ("location", "country"): "country",
    ("location", "region"): "region",
    ("location", "city"): "city",
    ("location", "latitude"): "location_lat",
    ("location", "longitude"): "location_lng",
}
TIMES = {
    "originalTimestamp": "client_event_time",
    "sentAt": "client_upload_time",
    "receivedAt": "server_received_time",
    "timestamp": "event_time",
}


def message_of(data: Data, came_as: Message | None = None) -> Message:
    """`data`: an event's stored data; `came_as`: `Event.message`. What the hub itself announces has a shape of its own
    and stays as it is."""
    if came_as is not None:
        return came_as
    return _made_from(data) if "event_type" in data else data


def _made_from(data: Data) -> Message:
    kind = TYPES.get(str(data["event_type"]), "track")
    message: Message = {"channel": _channel(data), "type": kind}
    message |= _filled({"messageId": data.get("$insert_id") or data.get("uuid")})
    message |= _filled({"userId": data.get("user_id"), "anonymousId": data.get("device_id")})
    message |= {name: _iso(text) for name, field in TIMES.items() if (text := data.get(field))}
    if kind == "group":
        message |= _group(data)
    elif kind == "identify":
        message["traits"] = data.get("user_properties") or {}
    else:
        message |= {"event": data["event_type"], "properties": data.get("event_properties") or {}}
    return message | {"context": _context(data, with_traits=kind != "identify")}


def _context(data: Data, *, with_traits: bool) -> Data:
    context: Data = {}
    if with_traits and data.get("user_properties"):
        context["traits"] = data["user_properties"]
    for (*parents, name), field in CONTEXT.items():
        value = data.get(field)
        if value in (None, "") or (field == "session_id" and value == -1):
            continue
        holder = context
        for parent in parents:
            holder = holder.setdefault(parent, {})
        holder[name] = value
    if library := data.get("library"):
        name, _, version = str(library).partition("/")
        context["library"] = {"name": name} | _filled({"version": version})
    return context


def _group(data: Data) -> Message:
    """Of the event's groups the first one, with its properties."""
    groups = data.get("groups")
    for group_type, names in groups.items() if isinstance(groups, dict) else ():
        name = names[0] if isinstance(names, list) and names else names
        properties = data.get("group_properties")
        of_type = properties.get(group_type) if isinstance(properties, dict) else None
        traits = of_type.get(str(name)) if isinstance(of_type, dict) else None
        return {"groupId": name, "traits": traits if isinstance(traits, dict) else {}}
    return {"traits": {}}


def _channel(data: Data) -> str:
    platform = str(data.get("platform") or "").lower()
    return "web" if platform == "web" else "mobile" if platform in MOBILE else "server"


def _iso(text: Any) -> str:
    """`2026-01-15 09:30:00.123` -> `2026-01-15T09:30:00.123Z`."""
    return f"{str(text).replace(' ', 'T', 1)}Z" if str(text)[10:11] == " " else str(text)


def _filled(values: Data) -> Data:
    return {key: value for key, value in values.items() if value not in (None, "")}
