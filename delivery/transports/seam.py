"""What a transport is: requests in, outcomes out as they finish.

A transport sends many requests at once and repeats a try inside an attempt where the request's policy says
so. It never raises for what a receiver does: whatever happened is an `Outcome`, in words a user
understands.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from delivery.retries import DEFAULT_TRIES, TryPolicy

if TYPE_CHECKING:
    from delivery.oauth.grant import Grant

BODY_CAP = 64 * 1024  # bytes of a response body that are kept; the rest is not read
EARLIER_BODY_CAP = 4 * 1024  # bytes that are kept of the body of an answer after which the request was repeated

# Every value that `Outcome.error_kind` can have.
ERROR_KINDS = {
    "": "an answer came; its status says what the receiver made of it",
    "bad_request": "the request cannot be sent as it is: URL, header or method",
    "refused_address": "the host is at an address that must not be dialled",
    "dns": "the host name was not found",
    "connect": "no connection: refused, unreachable",
    "tls": "no secure connection: certificate or handshake",
    "timeout": "no connection or no whole answer in time",
    "reset": "the connection broke before the answer was complete",
    "protocol": "what came back is not an HTTP answer",
    "token": "no access token could be had, so nothing was sent",
    "other": "anything else; the words tell",
}

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What we show of ourselves in a TLS handshake, in PEM: the certificate and its chain, and the private key."""

    chain: bytes
    key: bytes = field(repr=False)


@dataclass(slots=True)
class OutgoingRequest:
    """One attempt to be made. Timeouts are in seconds and count for each try.

    `url` is in the normal form of `destinations.endpoint.check_url`, `headers` have passed
    `destinations.header_rules`. `token` is the caller's own mark; transports do not look at it.

    `seal` makes, as each try begins, the headers that are not the same in all requests: the id of `message`, time and
    signature, the access token `bearer` that `grant` stands for (delivery.oauth). `sealed` is what it made last.
    """

    method: str
    url: str
    headers: Headers
    body: bytes
    connect_timeout: float = 5.0
    total_timeout: float = 10.0
    tries: TryPolicy = DEFAULT_TRIES
    token: object = None
    certificate: ClientCertificate | None = None
    message: str = ""
    grant: "Grant | None" = None
    bearer: str = field(default="", repr=False)
    seal: "Callable[[OutgoingRequest], Headers] | None" = None
    sealed: Headers = ()

    def begin_try(self) -> Headers:
        """The headers that a try which begins now has beside `headers`."""
        if self.seal is not None:
            self.sealed = self.seal(self)
        return self.sealed


class Answer(NamedTuple):
    """What an HTTP answer carried; `cut`: the body went on."""

    headers: list[tuple[str, str]]
    body: bytes
    cut: bool


@dataclass(slots=True)
class Try:
    """One HTTP request: when it began (epoch seconds), how long it took (seconds), what came of it.

    `answer` is set where a further try followed: the last one's is the outcome's.
    """

    started_at: float
    duration: float
    status: int | None
    error: str
    answer: Answer | None = None


class Failure(NamedTuple):
    """Why no answer came: one of `ERROR_KINDS`, words for the log, and whether waiting cannot cure it."""

    kind: str
    words: str
    permanent: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of an attempt: an answer (`status` is set) or an error (`error` is set), never both.

    `headers`, `body` and `status` are those of the last try. `body_cut` tells that the body went on.
    `duration` spans all tries and the waits between them, in seconds. `permanent`: waiting cannot cure it.
    `began` is the transport's own: when the first try began, on the monotonic clock.
    """

    request: OutgoingRequest
    tries: list[Try]
    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    body_cut: bool = False
    error: str = ""
    error_kind: str = ""
    permanent: bool = False
    # What an answer means by the rule of the destination's kind: done, retry or final; "" without one.
    verdict: str = ""
    duration: float = 0.0
    began: float = field(default=0.0, repr=False)

    @property
    def ok(self) -> bool:
        if self.verdict:
            return self.verdict == "done"
        return self.status is not None and 200 <= self.status < 300

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes, body_cut: bool) -> None:
        """Enter a try's answer."""
        self.status, self.headers, self.body, self.body_cut = status, headers, body, body_cut
        self.error, self.error_kind, self.permanent = "", "", False

    def set_answer_aside(self) -> None:
        """The request is about to be repeated: what the last try got goes to that try, shortened."""
        cut = self.body_cut or len(self.body) > EARLIER_BODY_CAP
        self.tries[-1].answer = Answer(self.headers, self.body[:EARLIER_BODY_CAP], cut)

    def fail(self, failure: Failure) -> None:
        """Enter that a try got no answer."""
        self.status, self.headers, self.body, self.body_cut = None, [], b"", False
        self.error_kind, self.error, self.permanent = failure


class Transport(Protocol):
    """Not safe for use by several threads at once."""

    @property
    def in_flight(self) -> int:
        """Requests submitted whose outcome `wait` has not handed over yet."""

    def submit(self, request: OutgoingRequest) -> None:
        """Take a request on. Never blocks on the network; begins as soon as a connection slot is free."""

    def wait(self, timeout: float) -> list[Outcome]:
        """The outcomes ready by now, waiting at most `timeout` seconds for the first; [] if there is none."""

    def close(self) -> None:
        """Drop what is under way and close all connections."""


def send_many(requests: Iterable[OutgoingRequest], transport: Transport) -> Iterator[Outcome]:
    """Send all requests and yield the outcomes in the order in which they finish."""
    for request in requests:
        transport.submit(request)
    while transport.in_flight:
        yield from transport.wait(1.0)
