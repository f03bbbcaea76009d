"""What a message says of its own delivery: `header`, `fullPath`, `appendPath` at its top. (pure)

Whoever knows a write key can write a message, and write keys are public. So these count where a transformation of the
destination set them; those that came with an event only where the destination allows it, and then within limits.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from destinations.header_rules import is_reserved
from events.jsontext import dumps

KEYS = ("header", "appendPath", "fullPath")
IN_INTEGRATIONS = ("webhook", "Webhook", "WebHook", "WEBHOOK")

Message = dict[str, Any]
Headers = list[tuple[str, str]]

_LEAVES_PATH = re.compile(r"\\|//|(^|/)(\.|%2e){1,2}(/|\?|$)", re.IGNORECASE)


class BadControl(ValueError):
    """A message that asks for what it may not have; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Controls:
    """None: says nothing of it. An empty `full_path` is one, to which nothing can be sent."""

    headers: Headers = field(default_factory=list)
    full_path: str | None = None
    append_path: str | None = None

    def moved(self, url: str) -> str:
        """Where the request goes: texts are joined as they are."""
        return (url if self.full_path is None else self.full_path) + (self.append_path or "")


def without_controls(message: Message) -> Message:
    return {key: value for key, value in message.items() if key not in KEYS}


def controls_of(message: Message, *, in_integrations: bool = False) -> Controls:
    """Raises BadControl. `in_integrations`: paths may also stand in the message's `integrations`, below the name of the
    destination; those at the top are stronger."""
    places = [message]
    if in_integrations and isinstance(message.get("integrations"), dict):
        places += [one for name in IN_INTEGRATIONS if (one := message["integrations"].get(name))][:1]
    return Controls(_headers(message.get("header")), _path("fullPath", places), _path("appendPath", places))


def _headers(given: Any) -> Headers:
    """Text as it is, everything else as JSON. A list gives headers named 0, 1, …; anything but an object or a list is
    ignored."""
    if isinstance(given, list):
        given = {str(number): value for number, value in enumerate(given)}
    if not isinstance(given, dict):
        return []
    return [(name, value if isinstance(value, str) else dumps(value)) for name, value in given.items()]


def _path(key: str, places: list[Any]) -> str | None:
    given = next((value for one in places if isinstance(one, dict) and (value := one.get(key)) is not None), None)
    if isinstance(given, (dict, list)):
        raise BadControl(f"{key} is {'an object' if isinstance(given, dict) else 'a list'}. It has to be text.")
    return given if given is None or isinstance(given, str) else dumps(given)


def limited(controls: Controls, url: str, is_kept: Callable[[str], bool], origin: Callable[[str], object]) -> Controls:
    """What an event of anybody's may choose: paths of the same host, and headers that are neither kept for the
    destination (asked with their names in lower case) nor the connection's. Raises BadControl, and what `origin`, which
    gives scheme, host and port of a URL, raises."""
    if controls.full_path is not None and origin(controls.full_path) != origin(url):
        raise BadControl("The event’s fullPath leads to another host. Only a transformation may send it there.")
    base, added = url if controls.full_path is None else controls.full_path, controls.append_path or ""
    last_segment = base.rpartition("/")[2]
    if _LEAVES_PATH.search(f"/{last_segment}{added}"):
        raise BadControl("The event’s appendPath would leave the path of the URL (.., // or \\).")
    if "?" in added and "?" not in base:
        raise BadControl("The event’s appendPath would begin a query, which only a transformation may.")
    free = [(name, value) for name, value in controls.headers if not is_kept(name.lower()) and not is_reserved(name)]
    return Controls(free, controls.full_path, controls.append_path)


def together(stronger: Controls, weaker: Controls) -> Controls:
    """Both; where they speak of the same, what `stronger` says."""
    said = {name.lower() for name, _ in stronger.headers}
    return Controls(
        [*(pair for pair in weaker.headers if pair[0].lower() not in said), *stronger.headers],
        weaker.full_path if stronger.full_path is None else stronger.full_path,
        weaker.append_path if stronger.append_path is None else stronger.append_path,
    )
