"""Deliveries of one destination that share a request: which go together, and what its answer says of each.

A batch is one request with one answer and one id. What came back from a failed batch goes out as that batch again, so
that its id stays the same; deliveries whose URL, headers or query differ never share one.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from delivery.claims import Claimed
from delivery.kind_requests import NotSent
from delivery.message_ids import batch_id
from delivery.models import State
from delivery.recording import Done, Place
from delivery.requests import Made, RequestBuilder
from delivery.retries import RetrySchedule
from delivery.transports.seam import Outcome, OutgoingRequest
from destinations.batch_bodies import NDJSON, CannotJoin, Piece, joined, piece_of
from destinations.batch_rules import LINES, BatchForm, Batching
from destinations.freemarker import TemplateError

# An event's stored data, the message that it came as, and what a transformation made of it.
Source = tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]

CONTENT_TYPE = "content-type"
ROUND = 8  # bytes around the list, at most
# Of 4xx, what says nothing about the events in a request: it is the same for each half.
NOT_ABOUT_EVENTS = frozenset({
    HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.GONE, HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One delivery, rendered. `piece`: None for what is sent alone, as it would be without batches."""

    claimed: Claimed
    builder: RequestBuilder
    made: Made
    piece: Piece | None


def part_of(claimed: Claimed, builder: RequestBuilder) -> Part:
    """Raises TemplateError, NotSent and CannotJoin."""
    made = builder.make(claimed.data or {}, claimed.came_as, claimed.transformed)
    return Part(claimed, builder, made, _piece(builder, made))


def sample_of(builder: RequestBuilder, source: Source, others: Iterable[Source]) -> tuple[Made, int]:
    """The request for an event and those of `others` that would share it, and how many events it holds; 0 where this
    one is sent alone. Raises TemplateError, NotSent and CannotJoin."""
    made = builder.make(*source)
    first = _piece(builder, made)
    if first is None or builder.batching is None:
        return made, 0
    pieces = [first]
    for other in others:
        with suppress(TemplateError, NotSent, CannotJoin):
            also = builder.make(*other)
            piece = _piece(builder, also)
            if piece and len(pieces) < builder.batching.events and (also[:3], piece.rest) == (made[:3], first.rest):
                pieces.append(piece)
    return _joined(builder.batching.form, made, pieces), len(pieces)


def _piece(builder: RequestBuilder, made: Made) -> Piece | None:
    """A request without a body, or whose body isn't JSON by its type, has no place among others."""
    types = [value for name, value in made.headers if name.lower() == CONTENT_TYPE]
    if builder.batching is None or not made.body or not all("json" in one.lower() for one in types):
        return None
    return piece_of(builder.batching.form, made.body)


@dataclass(slots=True)
class Batch:
    """`due_at`: on the monotonic clock, when it goes though it is not full. `earlier`: of a part of a batch that was
    refused, that batch and what it got."""

    parts: list[Part]
    bytes: int = 0
    due_at: float = 0.0
    earlier: "tuple[Batch, Outcome] | None" = None

    @property
    def is_alone(self) -> bool:
        return self.parts[0].piece is None

    @property
    def id(self) -> str:
        messages = [part.claimed.message_id for part in self.parts]
        return messages[0] if self.is_alone else batch_id(messages, self.parts[0].builder.destination)

    def request(self, token: object) -> OutgoingRequest:
        first = self.parts[0]
        if self.is_alone:
            return first.builder.outgoing(first.made, token, self.id)
        assert first.builder.batching is not None
        made = _joined(first.builder.batching.form, first.made, [part.piece for part in self.parts if part.piece])
        return first.builder.outgoing(made, token, self.id)

    def halves(self, outcome: Outcome) -> "tuple[Batch, Batch]":
        """What to send instead of a batch that was refused."""
        middle = len(self.parts) // 2
        return self.only(self.parts[:middle], outcome), self.only(self.parts[middle:], outcome)

    def only(self, parts: list[Part], outcome: Outcome) -> "Batch":
        """Some of it, to be sent within the same attempt."""
        outcome.set_answer_aside()
        return Batch(parts, earlier=(self, outcome))

    def with_earlier_tries(self, outcome: Outcome) -> None:
        """A half's attempt began with the batch that it was in."""
        if self.earlier is not None:
            before = self.earlier[1]
            outcome.tries = [*before.tries, *outcome.tries]
            outcome.duration += before.duration

    def settled(self, outcome: Outcome, schedule: RetrySchedule) -> Iterator[Done]:
        """What came of it for each delivery in it."""
        if self.is_alone:
            yield Done(self.parts[0].claimed, outcome, self.parts[0].builder, schedule)
            return
        name, size = self.id, len(self.parts)
        for position, part in enumerate(self.parts):
            place = Place(name, position, size, part.made.body)
            yield Done(part.claimed, outcome, part.builder, schedule, place)

    def undecided(self, schedule: RetrySchedule) -> Iterator[Done]:
        """Of a half that was not sent any more: what the whole batch got, which is no verdict on these."""
        assert self.earlier is not None
        whole, outcome = self.earlier
        mine = {part.claimed.delivery for part in self.parts}
        for done in whole.settled(outcome, schedule):
            if done.claimed.delivery in mine:
                done.is_decided = False
                yield done


def _joined(form: BatchForm, made: Made, pieces: Sequence[Piece]) -> Made:
    """One request for all of them; its URL and headers are those of each."""
    headers = made.headers
    if form.format == LINES:
        headers = tuple((n, NDJSON) if n.lower() == CONTENT_TYPE else (n, v) for n, v in headers)
    return made._replace(headers=headers, body=joined(form, pieces))


def may_split(batch: Batch, outcome: Outcome) -> bool:
    """Whether an answer refuses the batch for something in it: a 4xx that is about content, or a success that isn't one
    by the rule of the destination's kind."""
    batching = batch.parts[0].builder.batching
    return batching is not None and batching.split and len(batch.parts) > 1 and is_about_events(outcome)


def is_about_events(outcome: Outcome) -> bool:
    """Whether an answer refuses what is in a request, and not who sent it or when."""
    if outcome.ok or outcome.status is None:
        return False
    if 200 <= outcome.status < 300:
        return outcome.verdict == "final"
    return 400 <= outcome.status < 500 and outcome.status not in NOT_ABOUT_EVENTS


@dataclass(slots=True)
class Batches:
    """One lane's: those that fill up, and `full` ones, which wait for nothing but leave to go."""

    batching: Batching
    full: deque[Batch] = field(default_factory=deque)
    _open: dict[tuple[object, ...], Batch] = field(default_factory=dict)

    def __len__(self) -> int:
        """Deliveries in all of them."""
        return sum(len(batch.parts) for batch in (*self.full, *self._open.values()))

    def add(self, part: Part, moment: float) -> None:
        if part.piece is None:
            self.full.append(Batch([part]))
            return
        claimed, size = part.claimed, len(part.piece.items) + 1
        key = (id(part.builder), part.made[:3], part.piece.rest, claimed.batch)
        if key in self._open and self._open[key].bytes + size > self.batching.bytes:
            self._close(key)
        due_at = moment + self._patience(claimed)
        around = len(part.piece.rest) + len(self.batching.form.key) + ROUND
        batch = self._open.setdefault(key, Batch([], around, due_at))
        batch.parts.append(part)
        batch.bytes += size
        batch.due_at = min(batch.due_at, due_at)
        most = min(claimed.batch_size or self.batching.events, self.batching.events)
        if len(batch.parts) >= most or claimed.is_probe:
            self._close(key)

    def ripen(self, moment: float) -> None:
        """Those that have waited long enough go as they are."""
        for key in [key for key, batch in self._open.items() if batch.due_at <= moment]:
            self._close(key)

    def take_back(self) -> list[Claimed]:
        """Everything in hand, as it was before it was rendered."""
        batches = [*self.full, *self._open.values()]
        self.full.clear()
        self._open.clear()
        return [part.claimed for batch in batches for part in batch.parts]

    def _close(self, key: tuple[object, ...]) -> None:
        batch = self._open.pop(key)
        batch.parts.sort(key=lambda part: part.claimed.delivery)
        self.full.append(batch)

    def _patience(self, claimed: Claimed) -> float:
        """A first attempt waits from the moment that its delivery was made; what is tried again has waited enough."""
        if claimed.state == State.RETRYING:
            return 0.0
        waited = time.time() - claimed.created_at.timestamp()
        return min(self.batching.wait, max(0.0, self.batching.wait - waited))
