"""What a request with a body says: the whole message, without what only steers its delivery. (pure)"""

from typing import Any

from destinations.messages.controls import KEYS
from events.jsontext import dumps

Message = dict[str, Any]


def body_of(message: Message) -> str:
    """Compact JSON, keys in their order; nothing at all for a message in which nothing is left."""
    kept = {key: value for key, value in with_ip(message).items() if value is not None and key not in KEYS}
    return dumps(kept) if kept else ""


def with_ip(message: Message) -> Message:
    """The message whose context names the sender's address, where one is known: its own, or that of the request that
    brought it."""
    context = message.get("context")
    if context is not None and not isinstance(context, dict):
        return message
    ip = (context or {}).get("ip") or message.get("request_ip")
    return message | {"context": (context or {}) | {"ip": ip}} if ip else message
