"""Requests of kinds that send messages: body or query, headers and address of one message, for any URL and headers.

Of two headers with one name the stronger is sent: the kind's defaults are the weakest, then the destination's own, then
what an event was allowed to choose, then what a transformation set.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from delivery.kind_requests import NotSent
from destinations.allowed_endpoint import endpoint_of
from destinations.endpoint import BadURL
from destinations.header_rules import METHODS_WITH_BODY, BadHeader, check_header, check_size
from destinations.messages.body import body_of
from destinations.messages.controls import BadControl, Controls, controls_of, limited, together
from destinations.messages.query import query_of, with_query

Headers = tuple[tuple[str, str], ...]
Message = dict[str, Any]
SEALED_PREFIXES = ("webhook-", "svix-")


@dataclass(frozen=True, slots=True)
class MessageRequests:
    """`secret`, `sealed`: names of headers, in lower case, that hold secrets, and that each try gets anew.
    `has_secrets`: whether a request vouches for its sender by anything. `events_choose`: what events say of headers and
    paths counts."""

    method: str
    secret: frozenset[str]
    sealed: frozenset[str]
    has_secrets: bool
    events_choose: bool

    def make(self, url: str, headers: Headers, came_as: Message, made: Message | None) -> tuple[str, Headers, bytes]:
        """URL, headers and body. `made`: what the destination's transformation made of the message. Raises NotSent."""
        message = came_as if made is None else made
        try:
            controls = self._controls(url, came_as, made)
            url = controls.moved(url)
            if self.method not in METHODS_WITH_BODY:
                url = with_query(url, query_of(message))
            headers = merged(headers, (check_header(*pair) for pair in controls.headers))
            check_size(headers)
            body = body_of(message).encode() if self.method in METHODS_WITH_BODY else b""
            return endpoint_of(url).url, headers, body
        except (BadControl, BadHeader, BadURL) as error:
            raise NotSent("bad_request", str(error)) from None

    def _controls(self, url: str, came_as: Message, made: Message | None) -> Controls:
        own = Controls()
        if self.events_choose:
            own = limited(controls_of(came_as, in_integrations=True), url, self._is_kept, _origin)
        return own if made is None else together(self._trusted(url, made), own)

    def _trusted(self, url: str, made: Message) -> Controls:
        """What a transformation sets may be anything but a way to take the destination's secrets to another host."""
        controls = controls_of(made)
        for name, _ in controls.headers:
            if name.lower() in self.sealed:
                raise BadControl(
                    f"The transformation sets the header {name}, which is written for each try. Leave it out."
                )
        if controls.full_path and self.has_secrets and _origin(controls.full_path) != _origin(url):
            raise BadControl(
                "The transformation’s fullPath leads to another host, which must not get this destination’s secrets "
                "(authentication, secret headers, signature). Remove those, or make a destination for that host."
            )
        return controls

    def _is_kept(self, name: str) -> bool:
        return name in self.secret or name in self.sealed or name.startswith(SEALED_PREFIXES)


def merged(*layers: Iterable[tuple[str, str]]) -> Headers:
    """One line for each name, whatever its case: the last one's, at the first one's place."""
    found: dict[str, tuple[str, str]] = {}
    for layer in layers:
        found |= {name.lower(): (name, value) for name, value in layer}
    return tuple(found.values())


def _origin(url: str) -> tuple[str, str, int]:
    return endpoint_of(url).origin
