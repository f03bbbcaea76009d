"""One delivery -> one outgoing request: the preset headers, the destination's own, the rendered body."""

from typing import Any

from django.conf import settings

from delivery.transports.seam import OutgoingRequest
from destinations.models import Destination
from destinations.payloads import Payload, compile_payload
from destinations.secrets import masked, readable
from events.jsontext import dumps

WITHOUT_BODY = ("GET", "DELETE")
SHORTEST_HIDDEN = 6  # a shorter secret, hidden wherever it occurs, would blank half a page


class RequestBuilder:
    """Builds a destination's requests. Made once per version of the destination, because compiling costs.

    Raises TemplateError for a template that does not parse and SecretUnreadable for a lost encryption key.
    """

    def __init__(self, destination: Destination) -> None:
        own = destination.header_list
        headers = [*preset_headers(), *((h.name, readable(h.value)) for h in own)]
        self.headers = headers
        self.payload: Payload = compile_payload(destination)
        self.template_version = destination.template_version
        self.method, self.url = destination.method, destination.url
        self.connect_timeout, self.total_timeout = destination.connect_timeout, destination.total_timeout
        secret_names = {h.name for h in own if h.secret}
        self.shown_headers = dumps([[n, masked(v) if n in secret_names else v] for n, v in headers])
        self._hidden = [(v, masked(v)) for n, v in headers if n in secret_names and len(v) >= SHORTEST_HIDDEN]

    def build(self, data: dict[str, Any], token: object = None) -> OutgoingRequest:
        """The request for an event's stored data. Raises TemplateError where the template fails on this event."""
        body = b"" if self.method in WITHOUT_BODY else self.payload(data).encode()
        return OutgoingRequest(
            self.method,
            self.url,
            self.headers,
            body,
            connect_timeout=self.connect_timeout,
            total_timeout=self.total_timeout,
            token=token,
        )

    def without_secrets(self, text: str) -> str:
        """`text` (an answer that echoes the request, say) with the destination's secret values blanked."""
        for value, shown in self._hidden:
            if value in text:
                text = text.replace(value, shown)
        return text


def preset_headers() -> list[tuple[str, str]]:
    return [("Content-Type", "application/json"), ("User-Agent", settings.WEBHOOK_USER_AGENT)]
