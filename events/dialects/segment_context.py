"""Which field of the export shape each part of a message's `context` becomes."""

from collections.abc import Callable
from typing import Any

from events.dialects.amplitude_fields import WRONG, integer, language, mapping, number, text

# (way into the context, how it is read, field). The first way that leads to something wins.
FIELDS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("ip", text, "ip_address"),
    ("library.name", text, "library"),
    ("locale", language, "language"),
    ("sessionId", integer, "session_id"),
    ("app.version", text, "version_name"),
    ("os.name", text, "os_name"),
    ("os.version", text, "os_version"),
    ("device.manufacturer", text, "device_manufacturer"),
    ("device.brand", text, "device_brand"),
    ("device.model", text, "device_model"),
    ("device.type", text, "device_type"),
    ("network.carrier", text, "device_carrier"),
    ("location.country", text, "country"),
    ("location.region", text, "region"),
    ("location.city", text, "city"),
    ("location.latitude", number, "location_lat"),
    ("location.longitude", number, "location_lng"),
)
# What the shape has no field for, and filters and templates may want: kept in its `data` object.
OTHERS: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("userAgent", text, "user_agent"),
    ("timezone", text, "timezone"),
    ("page", mapping, "page"),
    ("screen", mapping, "screen"),
    ("campaign", mapping, "campaign"),
)
APPLE = ("ios", "ipados", "tvos", "watchos")


def read_context(context: dict[str, Any], channel: Any) -> dict[str, Any]:
    """The fields that it has. What is of another type than its field is left out: it is in the message."""
    fields = _read(context, FIELDS)
    if "library" in fields and (version := text(at(context, "library.version"))) not in (WRONG, ""):
        fields["library"] += f"/{version}"
    fields |= _advertising_id(context)
    others = _read(context, OTHERS)
    if isinstance(channel, str) and channel:
        fields["platform"] = {"web": "Web"}.get(channel, fields.get("os_name") if channel == "mobile" else None)
        others["channel"] = channel
    if others:
        fields["data"] = others
    return {name: value for name, value in fields.items() if value is not None}


def _read(context: dict[str, Any], table: tuple[tuple[str, Callable[[Any], Any], str], ...]) -> dict[str, Any]:
    found = {}
    for way, read, name in table:
        value = at(context, way)
        if value is not None and value != "" and name not in found and (value := read(value)) is not WRONG:
            found[name] = value
    return found


def _advertising_id(context: dict[str, Any]) -> dict[str, Any]:
    value, system = text(at(context, "device.advertisingId")), at(context, "os.name")
    if value in (WRONG, ""):
        return {}
    return {"idfa" if isinstance(system, str) and system.lower() in APPLE else "adid": value}


def at(value: Any, way: str) -> Any:
    """What stands there; None where the way ends before."""
    for key in way.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
