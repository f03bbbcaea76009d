"""What came of attempts -> rows: one Attempt each, and the delivery's next state, many at a time."""

import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from random import random
from typing import Any

from django.db import DataError, connection, transaction
from django.utils.timezone import now

from delivery import attempt_log, attempt_totals
from delivery.claims import Claimed
from delivery.kept_bodies import earlier_answers, notes, shortened
from delivery.lane_counters import Move, count_changes
from delivery.models import Attempt, Delivery, State
from delivery.ordering import let_next_go
from delivery.requests import RequestBuilder
from delivery.retries import RetrySchedule
from delivery.retry_after import retry_after
from delivery.transports.seam import EARLIER_BODY_CAP, Outcome
from destinations.freemarker import TemplateError
from events import bulk, spans

# Waiting cures none of these: the delivery ends with the attempt, and a person can send it again.
EXPRESSION = "Expression: "
FINAL_KINDS = frozenset({"template", "refused_address", "bad_request", "gone"})
SKIPPED = "skipped"  # the destination's kind does not take such events


@dataclass(frozen=True, slots=True)
class Place:
    """A delivery's place in a request of several: the batch's id, from 0, how many they are, and its own body."""

    batch: str
    position: int
    size: int
    body: bytes

    def spread(self) -> float:
        """From 0 to 1, the same for all in the batch: they are tried again at the same moment."""
        return blake2b(self.batch.encode(), digest_size=1).digest()[0] / 256


@dataclass(slots=True)
class Done:
    """A finished attempt and where it belongs. `builder` is None where no request could be made at all. `place`: in a
    batch, whose outcome they all have. `is_decided`: False where the answer is no verdict on this delivery."""

    claimed: Claimed
    outcome: Outcome
    builder: RequestBuilder | None
    schedule: RetrySchedule
    place: Place | None = None
    is_decided: bool = True


def failed_before_sending(kind: str, words: str) -> Outcome:
    """The outcome of an attempt that never left: a template that failed, a secret that cannot be read."""
    return Outcome(request=None, tries=[], error=words, error_kind=kind, permanent=kind in FINAL_KINDS)  # type: ignore[arg-type]


def in_words(error: Exception) -> str:
    return str(error)[:8000] if isinstance(error, TemplateError) else f"{error}"[:2000]


def record(finished: Sequence[Done]) -> None:
    """Writes all in one transaction. One row that the database refuses does not take the others with it."""
    if not finished:
        return
    try:
        with transaction.atomic():
            states = _write(finished)
    except DataError:
        if len(finished) == 1:
            _write_without_bodies(finished[0])
            return
        middle = len(finished) // 2
        record(finished[:middle])
        record(finished[middle:])
    else:
        _tell(finished, states)


def _tell(finished: Sequence[Done], states: Sequence[State]) -> None:
    """Monitoring, the log and traces; once it is committed."""
    attempt_totals.count(zip(states, (done.outcome for done in finished), strict=True))
    for done, state in zip(finished, states, strict=True) if attempt_log.is_on() else ():
        hide = done.builder.without_secrets if done.builder else str
        attempt_log.tell(done.claimed, done.outcome, state, summary(done.outcome), hide)
    for done in finished if spans.are_on() else ():
        attempt_log.trace(done.claimed, done.outcome)


def _write(finished: Sequence[Done]) -> list[State]:
    """Returns what each attempt brought its delivery to."""
    moment = now()
    attempts, changes = [], []
    for done in finished:
        change = _change(done, moment)
        changes.append(change)
        attempts.append(_attempt(done, change.next_attempt_at))
    if any(done.place for done in finished):
        attempts = [(*row, *_place(done)) for row, done in zip(attempts, finished, strict=True)]
        bulk.insert(Attempt, ATTEMPT_COLUMNS + PLACE_COLUMNS, attempts)
    else:
        bulk.insert(Attempt, ATTEMPT_COLUMNS, attempts)
    changed = _update_deliveries(changes)
    # If a delivery is here twice, because a lease ended while it was under way, the later lease is the one that held.
    latest = {c.claimed.delivery: c for c in sorted(changes, key=lambda c: c.claimed.lease)}
    moves = [_move(latest[delivery]) for delivery in changed]
    _let_next_go(changes, moment)
    asked = [done for done in finished if done.outcome.error_kind != SKIPPED and _is_first(done)]
    count_changes(moves, [(done.claimed.destination, done.outcome) for done in asked], moment)
    return [change.state for change in changes]


def _is_first(done: Done) -> bool:
    """A batch has one answer, and counts once."""
    return done.place is None or done.place.position == 0


def _let_next_go(changes: Sequence["_Change"], moment: datetime) -> None:
    ended = [change.claimed for change in changes if change.next_attempt_at is None]
    let_next_go([(one.destination, one.order_key) for one in ended if one.order_key is not None], moment)


def _write_without_bodies(done: Done) -> None:
    outcome = done.outcome = copy(done.outcome)  # of a batch, the others have it too
    outcome.headers, outcome.body = [], b""
    outcome.error = outcome.error or "The answer could not be stored."
    if outcome.request is not None:
        outcome.request = replace(outcome.request, body=b"")
    if done.place is not None:
        done.place = replace(done.place, body=b"")
    with transaction.atomic():
        _write([done])


@dataclass(slots=True)
class _Change:
    claimed: Claimed
    state: State
    next_attempt_at: datetime | None
    finished_at: datetime | None
    status: int | None
    error: str


def _change(done: Done, moment: datetime) -> _Change:
    outcome, made = done.outcome, done.claimed.attempts_made + 1
    if outcome.ok:
        return _Change(done.claimed, State.DELIVERED, None, moment, outcome.status, "")
    words = summary(outcome)
    if outcome.error_kind == SKIPPED:
        return _Change(done.claimed, State.CANCELLED, None, moment, None, words)
    if _is_final(done):
        return _Change(done.claimed, State.FAILED, None, moment, outcome.status, words)
    asked = retry_after(outcome.status, outcome.headers, moment)
    spread = done.place.spread if done.place else random
    wait = done.schedule.next_wait(made, outcome.status if done.is_decided else None, spread, asked)
    if wait is None:
        return _Change(done.claimed, State.EXPIRED, None, moment, outcome.status, words)
    return _Change(done.claimed, State.RETRYING, moment + timedelta(seconds=wait), None, outcome.status, words)


def _is_final(done: Done) -> bool:
    outcome = done.outcome
    if not done.is_decided:
        return False
    if outcome.verdict == "final" or outcome.error_kind in FINAL_KINDS:
        return True
    return outcome.status in done.schedule.final_statuses


def _move(change: _Change) -> Move:
    claimed = change.claimed
    return Move(claimed.destination, claimed.created_at, claimed.state, change.state)


def summary(outcome: Outcome) -> str:
    """The failure in one line, for lists: "503 Service Unavailable", "Connection refused by ..."."""
    if outcome.status is not None:
        words = f"{outcome.status} {_phrase(outcome.status)}".strip()
        return f"{words}: {outcome.error}"[:200] if outcome.error else words
    first, _, rest = outcome.error.partition("\n")
    if rest.startswith(EXPRESSION):  # a template error: its first line says what, the second which
        first += rest.partition("\n")[0].replace(EXPRESSION, " ", 1)
    return first[:200]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


ATTEMPT_COLUMNS = (
    "delivery_id", "number", "started_at", "duration_ms", "tries", "request_method", "request_url", "request_headers",
    "request_body", "status", "response_headers", "response_body", "error", "error_kind", "next_attempt_at",
    "template_version", "earlier_answers", "notes",
)  # fmt: skip
PLACE_COLUMNS = ("batch", "batch_position", "batch_size")


def _place(done: Done) -> tuple[Any, ...]:
    return (done.place.batch, done.place.position, done.place.size) if done.place else (None, None, None)


def _attempt(done: Done, next_attempt_at: datetime | None) -> tuple[Any, ...]:
    outcome, builder = done.outcome, done.builder
    request = outcome.request if outcome.tries else None  # without an access token nothing was sent
    sent, got = (request.body if request else b""), outcome.body
    form = None
    if done.place is not None:
        sent, got = done.place.body, got if _is_first(done) else got[:EARLIER_BODY_CAP]
        form = builder.batching.form if builder and builder.batching and _is_first(done) else None
    hide = builder.without_secrets if builder else str
    tries = [
        {"at": round(t.started_at, 3), "ms": round(t.duration * 1000), "status": t.status, "error": t.error}
        for t in outcome.tries
    ]
    started = outcome.tries[0].started_at if outcome.tries else time.time()
    return (
        done.claimed.delivery,
        done.claimed.attempts_made + 1,
        datetime.fromtimestamp(started, UTC),
        round(outcome.duration * 1000),
        bulk.json(tries),
        request.method if request else "",
        hide(request.url) if request else "",
        builder.shown(request) if builder else "[]",
        hide(_text(shortened(sent))) if request else "",
        outcome.status,
        bulk.json([[_clean(n), hide(_clean(v))] for n, v in outcome.headers]),
        hide(_text(got)),
        _clean(outcome.error),
        outcome.error_kind or ("" if outcome.ok else "status"),
        next_attempt_at,
        builder.template_version if builder else None,
        _json_or_null(earlier_answers(outcome, _text, hide)),
        _json_or_null(notes(len(sent), cut=outcome.body_cut or len(got) < len(outcome.body), form=form)),
    )


def _json_or_null(value: Any) -> str | None:
    return None if value is None else bulk.json(value)


def _text(body: bytes) -> str:
    return _clean(body.decode("utf-8", "replace"))


def _clean(text: str) -> str:
    """What PostgreSQL takes: no NUL, no half characters."""
    if text.isascii():
        return text.replace("\0", "�") if "\0" in text else text
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def _update_deliveries(changes: Sequence[_Change]) -> set[int]:
    """Only rows whose lease is still the one that was taken: a later claim has the last word. Returns their ids."""
    kinds: dict[tuple[Any, ...], int] = {}
    deliveries = []
    for c in changes:
        kind = (
            c.state.value,
            c.claimed.attempts_made + 1,
            c.next_attempt_at,
            c.finished_at,
            c.status,
            c.error[:200],
            c.claimed.lease,
        )
        deliveries.append((c.claimed.delivery, kinds.setdefault(kind, len(kinds) + 1)))
    source, parameters = _as_table(list(kinds), deliveries)
    sql = f"""WITH {source}
        UPDATE {Delivery._meta.db_table} AS x SET state = k.state, attempts_made = k.made, next_attempt_at = k.next,
            finished_at = k.finished, last_status = k.status, last_error = k.error, lease_until = NULL
        FROM v, k WHERE k.n = v.n AND x.id = v.delivery AND x.lease_until = k.lease RETURNING id"""
    return {pk for (pk,) in bulk.fetch(sql, parameters)}


KIND_TYPES = ("text", "int", "timestamptz", "timestamptz", "int", "text", "timestamptz")


def _as_table(kinds: Sequence[tuple[Any, ...]], deliveries: Sequence[tuple[int, int]]) -> tuple[str, list[Any]]:
    """The tables `k`, what becomes of deliveries, and `v`, of which becomes what, as SQL with its parameters.

    Two, because out of a hundred deliveries nearly all become the same, and each value costs.
    """
    k, v = "k(state, made, next, finished, status, error, lease, n)", "v(delivery, n)"
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{kind}[]" for kind in KIND_TYPES)
        columns = [list(column) for column in zip(*kinds, strict=True)]
        sql = f"""{k} AS (SELECT * FROM unnest({arrays}) WITH ORDINALITY),
            {v} AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))"""
        return sql, columns + [bulk.ids(column) for column in zip(*deliveries, strict=True)]
    adapt = bulk.adapter()
    place = f"({', '.join(['%s'] * (len(KIND_TYPES) + 1))})"
    sql = f"""{k} AS (VALUES {", ".join([place] * len(kinds))}),
        {v} AS (VALUES {", ".join(f"({pk}, {n})" for pk, n in deliveries)})"""
    return sql, [adapt(value) for n, kind in enumerate(kinds, 1) for value in (*kind, n)]
