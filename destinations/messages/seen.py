"""A message that a transformation made, as the event that filters see. (pure)"""

from typing import Any

Data = dict[str, Any]
Message = dict[str, Any]

IDS = {"userId": "user_id", "anonymousId": "device_id"}


def as_event(message: Message, data: Data) -> Data:
    """The event's stored data with what the message says in its place: name, ids, properties and traits."""
    seen = data | {field: message[key] for key, field in IDS.items() if key in message}
    if message.get("type") == "track" and isinstance(message.get("event"), str):
        seen["event_type"] = message["event"]
    if isinstance(message.get("properties"), dict):
        seen["event_properties"] = message["properties"]
    context = message.get("context")
    traits = context.get("traits") if isinstance(context, dict) else None
    if message.get("type") == "identify":
        traits = message.get("traits") or traits
    if isinstance(traits, dict):
        seen["user_properties"] = (data.get("user_properties") or {}) | traits
    return seen
