"""/events: what came in, and what became of it."""

from datetime import datetime
from typing import Annotated, Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from delivery.backfill import Window
from delivery.event_outcomes import Outcome, outcomes_of
from delivery.replays import fill_back
from events import listing
from events.checking import Problem
from events.models import Event, Outbox
from streamhub.api import replays
from streamhub.api.answers import PageQuery, answer, aware, cursor, moment, number_of
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import destination_or_none, event_named
from streamhub.api.problems import invalid

router = Resource()
READ = "events:read"
ALL = "/projects/{project}/events"
ONE = f"{ALL}/{{event}}"


class EventsQuery(PageQuery):
    """Ids and types exactly; times are those of receipt."""

    event_type: Annotated[str, Field(max_length=1024)] = ""
    topic: Annotated[str, Field(max_length=32)] = ""
    user_id: Annotated[str, Field(max_length=512)] = ""
    device_id: Annotated[str, Field(max_length=512)] = ""
    since: datetime | None = None
    until: datetime | None = None


class EventOut(Schema):
    """`data`: every field of the export shape, null where empty. `notes`: what was changed on the way in."""

    id: int
    uuid: str
    topic: str
    event_type: str
    user_id: str | None
    device_id: str | None
    event_time: str
    received_at: str
    data: dict[str, Any]
    notes: Any


class EventsOut(Schema):
    """`next` may follow a page that is not full: a rare match is looked for over several of them."""

    data: list[EventOut]
    next: str | None


class OutcomeOut(Schema):
    """A delivery, or why there is none."""

    destination: str
    destination_id: int
    delivery_id: int | None
    state: str | None
    refusal: str | None
    passes_now: bool


class OutcomesOut(Schema):
    """`is_routed` false: the destinations are being asked this moment."""

    is_routed: bool
    data: list[OutcomeOut]


class BackfillIn(Schema):
    """Id or name."""

    destination: str | int


@router.door("GET", ALL, "events", READ, gives=EventsOut)
def list_events(request: HttpRequest, project: str, query: Query[EventsQuery]) -> HttpResponse:
    """Events, newest first."""
    texts = {name: getattr(query, name) for name in ("event_type", "topic", "user_id", "device_id")}
    criteria = listing.Criteria(**texts, since=aware(query.since), until=aware(query.until))
    found = listing.page(caller_of(request).project, criteria, number_of(query.cursor), query.limit)
    following = cursor(found.older) if found.older else None
    return answer({"data": [shown(row) for row in found.rows], "next": following})


@router.door("GET", ONE, "event", READ, gives=EventOut)
def get_event(request: HttpRequest, project: str, event: str) -> HttpResponse:
    """One event, by id or UUID."""
    return answer(shown(event_named(request, event)))


@router.door("GET", f"{ONE}/outcomes", "event", READ, gives=OutcomesOut)
def get_outcomes(request: HttpRequest, project: str, event: str) -> HttpResponse:
    """What became of it at each destination, or why it was not sent there."""
    found = event_named(request, event)
    routed = not Outbox.objects.filter(event_id=found.pk).exists()
    return answer({"is_routed": routed, "data": [_outcome(one) for one in outcomes_of(found)]})


@router.door(
    "POST",
    f"{ONE}/backfill",
    "event_backfill",
    "deliveries:write",
    takes=BackfillIn,
    gives=replays.ReplayOut,
    status=201,
    conflicts=True,
)
def backfill_event(request: WSGIRequest, project: str, event: str) -> HttpResponse:
    """Send it to a destination that never got it."""
    found, named = event_named(request, event), body_of(request).get("destination")
    lane = destination_or_none(request, str(named)) if isinstance(named, (str, int)) else None
    if lane is None:
        raise invalid([Problem("destination", "There is no such destination in this project.")])
    return answer(replays.shown(fill_back(lane, Window(lane.pk, event=found.pk))), 201)


def shown(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "uuid": str(event.uuid),
        "topic": event.topic,
        "event_type": event.event_type,
        "user_id": event.user_id,
        "device_id": event.device_id,
        "event_time": moment(event.event_time),
        "received_at": moment(event.received_at),
        "data": event.input,
        "notes": event.notes,
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "destination": one.name,
        "destination_id": one.destination.pk,
        "delivery_id": one.delivery.pk if one.delivery else None,
        "state": one.delivery.shown_state if one.delivery else None,
        "refusal": one.refusal or None,
        "passes_now": one.passes_now,
    }
