"""Requests of a destination whose kind says what its service wants: URL, headers, body, and what an answer means."""

from collections.abc import Iterator
from typing import Any

from delivery.transports.seam import Outcome
from destinations import catalog
from destinations.allowed_endpoint import endpoint_of
from destinations.endpoint import BadURL
from destinations.header_rules import BadHeader
from destinations.http_mapping.requests import BadMapping, secret_names
from destinations.kind.answers import refused_items, verdict
from destinations.kind.definition import Kind
from destinations.kind.rendering import Body, KindRequests, Rendered, Skipped, raw_body, secret_headers
from destinations.kind.shown_url import without_path
from destinations.kind.url_template import BadURLTemplate
from destinations.kind_parameters import parameters_of
from destinations.models import Destination, PayloadMode
from destinations.payloads import TemplateError, compile_template
from destinations.secrets import masked


class NotSent(Exception):
    """No request is made of this event; the message says why. `kind`: as an attempt's `error_kind`; "skipped" where the
    destination's kind does not take such events."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


class OfKind:
    """Compiled once per version of the destination. Raises TemplateError and SecretUnreadable."""

    def __init__(self, destination: Destination, kind: Kind) -> None:
        self.kind = kind
        self.values = parameters_of(destination)
        self.secret_headers = secret_headers(kind) | (secret_names(self.values) if kind.is_mapped else set())
        body: Body | None = None
        if kind.sends_messages:
            pass  # the body is the message, which message_requests.py makes
        elif destination.payload_mode == PayloadMode.RAW:
            body = raw_body(kind, destination.mappings)
        else:
            body = compile_template(destination.language, destination.template, destination.name)
        self._refusal = ""
        try:
            self._requests = KindRequests(kind, self.values, destination.mappings, endpoint_of, body)
        except (BadURL, BadHeader, BadURLTemplate, BadMapping) as error:
            self._refusal = str(error)

    def render(self, data: dict[str, Any], came_as: dict[str, Any] | None = None) -> Rendered:
        """Raises TemplateError and NotSent."""
        if self._refusal:
            raise NotSent("bad_request", self._refusal)
        try:
            made = self._requests.render(data, came_as)
        except (BadURL, BadHeader, BadMapping) as error:
            raise NotSent("bad_request", str(error)) from None
        except Skipped as error:
            raise NotSent("skipped", f"Skipped: {error}") from None
        self.check_size(made.body.encode())
        return made

    def check_size(self, body: bytes) -> None:
        """Raises NotSent."""
        size, most = len(body), self.kind.most_bytes
        if most is not None and size > most:
            words = f"The body has {size:,} bytes; {self.kind.name} takes at most {most:,}. Forward fewer properties."
            raise NotSent("bad_request", words)

    def judge(self, outcome: Outcome) -> None:
        """Notes what the answer means by the kind's rule."""
        if outcome.status is not None:
            answers = self.kind.answers
            outcome.verdict, outcome.error = verdict(answers, outcome.status, outcome.body, body_cut=outcome.body_cut)

    def refused_items(self, outcome: Outcome) -> frozenset[int]:
        """The positions of those that an answer to several events refuses by name."""
        return refused_items(self.kind.answers, outcome.body, body_cut=outcome.body_cut)

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Each secret value, and what stands for it."""
        for parameter in self.kind.parameters:
            value = self.values.get(parameter.name)
            if parameter.secret and isinstance(value, str):
                yield value, without_path(value) if parameter.type == "url" else masked(value)


def of_kind(destination: Destination) -> OfKind | None:
    """None for a plain kind, whose requests are the destination's own. Raises TemplateError and SecretUnreadable."""
    kind = catalog.of(destination)
    if kind is None:
        raise TemplateError("other", f"The catalog has no kind “{destination.kind}” any more, so nothing can be sent")
    return None if kind.is_plain else OfKind(destination, kind)
