"""What a request without a body says in its query: an identify's traits, any other message's properties. (pure)"""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from destinations.messages.flattening import Pair, flattened

Message = dict[str, Any]


def query_of(message: Message) -> list[Pair]:
    """Names and values, not yet encoded. Only the type `identify`, in lower case, is an identify."""
    if message.get("type") == "identify":
        traits, context = message.get("traits"), message.get("context")
        if traits is None and isinstance(context, dict):
            traits = context.get("traits")
        return flattened(traits)
    return flattened(message["properties"]) if "properties" in message else []


def with_query(url: str, pairs: list[Pair]) -> str:
    """The URL with these added to what it has; all are encoded anew, sorted by name, so that a name can occur twice."""
    address, _, query = url.partition("?")
    everything = [*parse_qsl(query, keep_blank_values=True), *pairs]
    return f"{address}?{urlencode(sorted(everything, key=lambda pair: pair[0]))}" if everything else address
