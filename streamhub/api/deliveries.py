"""/deliveries: the log, one delivery with its attempts, sending it again and calling it off."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from delivery import log
from delivery.cancelling import cancel, cancel_many
from delivery.models import Attempt, Delivery
from delivery.repair import retry_now
from delivery.selection import MOST_PICKED
from events.checking import Problem
from streamhub.api.answers import PageQuery, answer, aware, cursor, moment, number_of
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import delivery_of, destination_or_none
from streamhub.api.problems import invalid

router = Resource()
READ, WRITE = "deliveries:read", "deliveries:write"
ALL = "/projects/{project}/deliveries"
ONE = f"{ALL}/{{int:delivery}}"


class LogQuery(PageQuery):
    """`destination`: id or name. `state`: a state, waiting (open) or undelivered (lost). `who`: an event's UUID, a
    delivery's id, or a user or device id. `answer`: of the last attempt. `error`: part of its text. Times are when the
    delivery was made."""

    destination: str = ""
    state: Literal["", *log.STATE_CHOICES] = ""  # type: ignore[valid-type]
    event_type: Annotated[str, Field(max_length=1024)] = ""
    who: Annotated[str, Field(max_length=512)] = ""
    answer: Literal["", *log.ANSWERS] = ""  # type: ignore[valid-type]
    error: Annotated[str, Field(max_length=200)] = ""
    since: datetime | None = None
    until: datetime | None = None


class DeliveryOut(Schema):
    """`state`: queued, retrying, delivered, failed, expired, cancelled, or held (it waits for its destination)."""

    id: int
    destination: str
    destination_id: int
    event_id: int
    event_uuid: str
    event_type: str
    state: str
    attempts_made: int
    created_at: str
    next_attempt_at: str | None
    finished_at: str | None
    last_status: int | None
    last_error: str


class DeliveriesOut(Schema):
    """`next` may follow a page that is not full: a rare match is looked for over several of them."""

    data: list[DeliveryOut]
    next: str | None


class AttemptOut(Schema):
    """`tries`: the HTTP requests of this round. Secrets are blanked. `batch`: where several deliveries shared the
    request, its id, this one's position from 0, and how many they were; the request's body is then this one's part."""

    number: int
    started_at: str
    duration_ms: int
    status: int | None
    error: str
    error_kind: str
    template_version: int | None
    next_attempt_at: str | None
    tries: list[dict[str, Any]]
    batch: dict[str, Any] | None
    request: dict[str, Any]
    response: dict[str, Any]


class DeliveryWithAttemptsOut(DeliveryOut):
    attempts: list[AttemptOut]


class CancelIn(Schema):
    """Ids, at most 500."""

    ids: list[int]


class CancelledOut(Schema):
    """How many were open and in nobody's hands."""

    cancelled: int


@router.door("GET", ALL, "deliveries", READ, gives=DeliveriesOut)
def list_deliveries(request: HttpRequest, project: str, query: Query[LogQuery]) -> HttpResponse:
    """The delivery log, newest first."""
    lane = destination_or_none(request, query.destination) if query.destination else None
    if query.destination and lane is None:
        raise invalid([Problem("destination", "There is no such destination in this project.")])
    criteria = log.Criteria(
        destination=lane.pk if lane else None,
        **{name: getattr(query, name) for name in ("state", "event_type", "who", "answer", "error")},
        since=aware(query.since),
        until=aware(query.until),
    )
    before = number_of(query.cursor)
    found = log.page(caller_of(request).project, criteria, before=before, rows=query.limit)
    following = cursor(found.older) if found.older else None
    return answer({"data": [shown(row) for row in found.rows], "next": following})


@router.door("GET", ONE, "delivery", READ, gives=DeliveryWithAttemptsOut)
def get_delivery(request: HttpRequest, project: str, delivery: int) -> HttpResponse:
    """One delivery with its attempts."""
    found = delivery_of(request, delivery)
    return answer(shown(found) | {"attempts": [_attempt(one) for one in found.attempts.order_by("pk")]})


@router.door("POST", f"{ONE}/retry", "delivery_retry", WRITE, gives=DeliveryOut, conflicts=True)
def retry_delivery(request: HttpRequest, project: str, delivery: int) -> HttpResponse:
    """Send it again now; one that has ended begins a new round of attempts."""
    found = delivery_of(request, delivery)
    retry_now(found)
    return answer(shown(found))


@router.door("POST", f"{ONE}/cancel", "delivery_cancel", WRITE, gives=DeliveryOut, conflicts=True)
def cancel_delivery(request: HttpRequest, project: str, delivery: int) -> HttpResponse:
    """Call it off."""
    found = delivery_of(request, delivery)
    cancel(found)
    return answer(shown(found))


@router.door("POST", f"{ALL}/cancel", "deliveries_cancel", WRITE, takes=CancelIn, gives=CancelledOut)
def cancel_deliveries(request: WSGIRequest, project: str) -> HttpResponse:
    """Call off several of them."""
    ids = body_of(request).get("ids")
    if not isinstance(ids, list) or len(ids) > MOST_PICKED or not all(type(pk) is int and 0 < pk < 2**63 for pk in ids):
        raise invalid([Problem("ids", f"Write a list of at most {MOST_PICKED} ids.")])
    return answer({"cancelled": cancel_many(caller_of(request).project, ids)})


def shown(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "destination": delivery.destination.name,
        "destination_id": delivery.destination_id,
        "event_id": delivery.event_id,
        "event_uuid": str(delivery.event.uuid),
        "event_type": delivery.event.event_type,
        "state": delivery.shown_state,
        "attempts_made": delivery.attempts_made,
        "created_at": moment(delivery.created_at),
        "next_attempt_at": moment(delivery.next_attempt_at),
        "finished_at": moment(delivery.finished_at),
        "last_status": delivery.last_status,
        "last_error": delivery.last_error,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "started_at": moment(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "error_kind": attempt.error_kind,
        "template_version": attempt.template_version,
        "next_attempt_at": moment(attempt.next_attempt_at),
        "tries": attempt.tries,
        "batch": _place(attempt),
        "request": {
            "method": attempt.request_method,
            "url": attempt.request_url,
            "headers": attempt.request_headers,
            "body": attempt.request_body,
        },
        "response": {"headers": attempt.response_headers, "body": attempt.response_body},
    }


def _place(attempt: Attempt) -> dict[str, Any] | None:
    if attempt.batch is None:
        return None
    return {"id": attempt.batch, "position": attempt.batch_position, "size": attempt.batch_size}
