"""One delivery -> one outgoing request: preset headers, the destination's own, the rendered body, and who vouches."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from time import time
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings

from delivery.kind_requests import OfKind, of_kind
from delivery.message_ids import message_id
from delivery.message_requests import MessageRequests, merged
from delivery.oauth.grant import FETCH_SECONDS, Grant, make_grant
from delivery.signing import make_signer
from delivery.transports.seam import ClientCertificate, Headers, Outcome, OutgoingRequest
from destinations import catalog, signing_rules
from destinations.auth_rules import API_KEY, BASIC, BEARER, OAUTH2
from destinations.batch_rules import Batching, narrowed
from destinations.kind.definition import Kind
from destinations.messages.original import message_of
from destinations.models import Destination
from destinations.payloads import Payload, compile_body
from destinations.secrets import masked, readable
from destinations.sending_rules import sending_of
from destinations.sight import sight_of
from destinations.stored_secrets import secrets_of
from events.jsontext import dumps

WITHOUT_BODY = ("GET", "DELETE")
SHORTEST_HIDDEN = 6  # a shorter secret, hidden wherever it occurs, would blank half a page


class Made(NamedTuple):
    """What the event makes of a request."""

    method: str
    url: str
    headers: Headers
    body: bytes


class RequestBuilder:
    """Builds a destination's requests. Made once per version of the destination, because compiling costs.

    Raises TemplateError for a template that does not parse and SecretUnreadable for a lost encryption key.
    """

    def __init__(self, destination: Destination) -> None:
        secrets = secrets_of(destination)
        own = [(h.name, readable(h.value)) for h in destination.header_list]
        auth = auth_headers(destination.auth, secrets.get("auth", ""))
        self.of_kind = of_kind(destination)
        kind = catalog.of(destination)
        presets = preset_headers(kind, destination.method)
        self.headers = (*(presets if self.of_kind is None else presets[-1:]), *auth, *own)
        self.payload: Payload = compile_body(destination)
        self.sight = sight_of(destination)
        self.template_version = destination.template_version
        self.method, self.url = destination.method, destination.url
        self.connect_timeout, self.total_timeout = destination.connect_timeout, destination.total_timeout
        self.destination = destination.pk
        self.batching = _batching(destination, self.of_kind)
        self.id_header = _id_header(destination, self.headers)
        self.signer = make_signer(destination.signing, secrets.get("signing", ()))
        self.grant = _grant(destination, secrets)
        self.certificate = _certificate(destination, secrets)
        secret_names = {h.name for h in destination.header_list if h.secret} | {name for name, _ in auth}
        self.shown_headers = dumps([[n, masked(v) if n in secret_names else v] for n, v in self.headers])
        values = [v for n, v in self.headers if n in secret_names]
        values += [secrets.get("auth", ""), *(one["value"] for one in secrets.get("signing", ()))]
        self._hidden = list(dict.fromkeys(pair for value in values for pair in _forms(value)))
        self._secret_names = secret_names
        if self.of_kind is not None:
            self._secret_names |= self.of_kind.secret_headers
            self._hidden += [pair for value, mask in self.of_kind.secrets() for pair in _forms(value, mask)]
        self.messages = self._messages(destination) if kind is not None and kind.sends_messages else None
        self.wants_messages = kind is not None and (kind.sends_messages or kind.is_mapped)

    def _messages(self, destination: Destination) -> MessageRequests:
        """For a kind that sends messages."""
        self.headers = merged(self.headers)
        self._secret_names |= {"Authorization", "Cookie"}  # a transformation may write them
        sealed = {self.id_header, *signing_rules.header_names(destination.signing)} - {""}
        return MessageRequests(
            destination.method,
            secret=frozenset(name.lower() for name in self._secret_names),
            sealed=frozenset(name.lower() for name in sealed | ({"Authorization"} if self.grant else set())),
            has_secrets=bool(self._hidden or self.signer or self.grant or self.certificate),
            events_choose=destination.event_controls,
        )

    @property
    def seconds_for_token(self) -> float:
        """How much longer than its tries an attempt may take, because a token is fetched first."""
        return FETCH_SECONDS if self.grant else 0.0

    def build(
        self,
        data: dict[str, Any],
        token: object = None,
        message: str = "",
        *,
        came_as: dict[str, Any] | None = None,
        transformed: dict[str, Any] | None = None,
    ) -> OutgoingRequest:
        """The request for an event's stored data. Raises TemplateError where the template fails on this event, and
        NotSent where there is none to send.

        `message`: its id, where that is not the one that follows from event and destination. `came_as`: `Event.message`
        (only kinds that send messages need it). `transformed`: what the destination's transformation made of the
        event as it sees it (`sight.data(data)`), or of the message (`sight.message(…)`); None where there is none.
        """
        made = self.make(data, came_as, transformed)
        return self.outgoing(made, token, message or message_id(data, self.destination))

    def make(
        self, data: dict[str, Any], came_as: dict[str, Any] | None = None, transformed: dict[str, Any] | None = None
    ) -> Made:
        """What `build` makes of the event. Raises the same."""
        shown = self.sight.data(data) if transformed is None or self.messages else transformed
        if self.of_kind is None:
            url, headers = self.url, self.headers
            body = b"" if self.method in WITHOUT_BODY or self.messages else self.payload(shown).encode()
        else:
            made = self.of_kind.render(shown, came_as if transformed is None else None)
            url, headers = made.url, (*made.headers, *self.headers)
            takes_body = self.of_kind.kind.is_mapped or self.method not in WITHOUT_BODY
            body = made.body.encode() if takes_body else b""
        if self.messages is not None:
            message = self.sight.message(message_of(data, came_as))
            url, headers, body = self.messages.make(url, headers, message, transformed)
            if self.of_kind is not None:
                self.of_kind.check_size(body)
        return Made(self.method, url, headers, body)

    def outgoing(self, made: Made, token: object, message: str) -> OutgoingRequest:
        return OutgoingRequest(
            *made,
            connect_timeout=self.connect_timeout,
            total_timeout=self.total_timeout,
            token=token,
            certificate=self.certificate,
            message=message,
            grant=self.grant,
            seal=self.seal,
        )

    def seal(self, request: OutgoingRequest) -> Headers:
        """The headers of a try that begins now: id, time and signature, access token."""
        headers = [(self.id_header, request.message)] if self.id_header else []
        if self.signer:
            headers += self.signer(request.message, request.body, time())
        if request.bearer:
            headers.append(("Authorization", f"Bearer {request.bearer}"))
        return headers

    def shown(self, request: OutgoingRequest | None) -> str:
        """The headers as the log has them, in JSON: those of the request's last try, secrets masked."""
        if request is None:
            return self.shown_headers
        shown = self.shown_headers
        if self.messages is not None:
            shown = dumps([[n, masked(v) if n.lower() in self.messages.secret else v] for n, v in request.headers])
        elif self.of_kind is not None or request.headers is not self.headers:
            shown = dumps([[n, masked(v) if n in self._secret_names else v] for n, v in request.headers])
        if not request.sealed:
            return shown
        sealed = [(n, masked(v) if n == "Authorization" else v) for n, v in request.sealed]
        return f"{shown[:-1]},{dumps(sealed)[1:]}"

    def judge(self, outcome: Outcome) -> None:
        """Has the destination's kind say what an answer means; without a rule of its own, 200 to 299 is success."""
        if self.of_kind is not None:
            self.of_kind.judge(outcome)

    def without_secrets(self, text: str) -> str:
        """`text` (an answer that echoes the request, say) with the destination's secret values blanked."""
        for value, shown in self._hidden:
            if value in text:
                text = text.replace(value, shown)
        return text


def preset_headers(kind: Kind | None = None, method: str = "POST") -> list[tuple[str, str]]:
    """Content-Type and User-Agent. Of kinds that send messages, the first only where there is a body."""
    agent = (kind.request.user_agent if kind else "") or settings.WEBHOOK_USER_AGENT
    typed = kind is None or not kind.sends_messages or method not in WITHOUT_BODY
    return [*([("Content-Type", "application/json")] if typed else []), ("User-Agent", agent)]


def auth_headers(auth: dict[str, Any], secret: str) -> list[tuple[str, str]]:
    """The header that stored settings (destinations.auth_rules) write, where it is the same in every request."""
    kind = auth.get("kind")
    if kind == BASIC:
        pair = b64encode(f"{auth['username']}:{secret}".encode()).decode()
        return [("Authorization", f"Basic {pair}")]
    if kind == BEARER:
        return [("Authorization", f"Bearer {secret}")]
    return [(auth["header"], secret)] if kind == API_KEY else []


def _batching(destination: Destination, kind: OfKind | None) -> Batching | None:
    batching = sending_of(destination.sending).batch
    if batching is None:
        return None
    return narrowed(batching, kind.kind.batch if kind else None, kind.kind.most_bytes if kind else None)


def _id_header(destination: Destination, headers: Sequence[tuple[str, str]]) -> str:
    """ "" for a destination whose own header has that name, from before ids were sent."""
    taken = {name.lower() for name, _ in headers}
    return "" if destination.id_header.lower() in taken else destination.id_header


def _grant(destination: Destination, secrets: dict[str, Any]) -> Grant | None:
    if destination.auth.get("kind") != OAUTH2:
        return None
    return make_grant(destination.pk, destination.auth, secrets["auth"])


def _certificate(destination: Destination, secrets: dict[str, Any]) -> ClientCertificate | None:
    if not destination.client_certificate:
        return None
    return ClientCertificate(destination.client_certificate.encode(), secrets["private_key"].encode())


def _forms(value: str, mask: str = "") -> Iterator[tuple[str, str]]:
    """A secret as it may come back, whole and without the word before it ("Bearer"), each with its mask."""
    for part in (value, value.partition(" ")[2]):
        if len(part) >= SHORTEST_HIDDEN:
            yield part, mask or masked(part)
            for form in (json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1], quote(part, safe="")):
                if form != part:
                    yield form, mask or masked(part)


__all__ = ["SHORTEST_HIDDEN", "WITHOUT_BODY", "Made", "RequestBuilder", "auth_headers", "preset_headers"]
