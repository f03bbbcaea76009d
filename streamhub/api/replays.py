"""/replays: what one would do, beginning it, and how it is going. Its fields and rules are the replay form's."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.timezone import now
from ninja import Query, Schema

from delivery import replays as running
from delivery.models import Replay
from delivery.replay_forms import AgainForm, BackfillForm, from_query
from delivery.replay_orders import begin, outlook_of
from delivery.replay_words import about
from delivery.replays import Progress
from events.checking import Problem
from streamhub.api.answers import PageQuery, answer, moment, number_of, page
from streamhub.api.deliveries import READ, WRITE
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import destination_or_none, replay_of
from streamhub.api.problems import Refused, invalid

router = Resource()
ALL = "/projects/{project}/replays"
ONE = f"{ALL}/{{int:replay}}"
# Key of a body -> field of the form, where that is another.
FIELD_OF = {"event_type": "type", "who": "q", "ids": "pick"}
KEY_OF = {field: key for key, field in FIELD_OF.items()}
LISTS = ("states", "ids")
TEXTS = ("kind", "since", "until", "ended_since", "template", "event_type", "who", "answer", "error")
KNOWN = (*TEXTS, *LISTS, "destination", "per_second")


class ReplayIn(Schema):
    """`kind`: again (deliveries that ended or wait for a retry) or backfill (events that never had one to
    `destination`). `states`: of expired, failed, retrying, cancelled, delivered. `since`, `until`: UTC. `template`:
    now, or then for the version of each delivery's last attempt. `ids`: of deliveries, 500 at most."""

    kind: str = "again"
    destination: str | int | None = None
    states: list[str] | None = None
    since: str | None = None
    until: str | None = None
    ended_since: str | None = None
    template: str = "now"
    event_type: str | None = None
    who: str | None = None
    answer: str | None = None
    error: str | None = None
    ids: list[int] | None = None
    per_second: float | None = None


class DryRunOut(Schema):
    """`matching` at least; all of them if `is_exact`. The rest is of the newest that were rendered."""

    matching: int
    is_exact: bool
    tried: int
    rendered: int
    not_json: int
    faults: list[dict[str, Any]]
    sample: str | None


class ReplayOut(Schema):
    id: int
    kind: str
    state: str
    about: str
    destination: str | None
    per_second: float | None
    expected: int | None
    sent: int
    passed_over: int
    delivered: int
    lost: int
    retrying: int
    percent: int
    waits_for: list[str]
    by: str
    created_at: str
    finished_at: str | None


class ReplaysOut(Schema):
    data: list[ReplayOut]
    next: str | None


@router.door("GET", ALL, "replays", READ, gives=ReplaysOut)
def list_replays(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """Replays, newest first."""
    rows = Replay.objects.filter(project=caller_of(request).project).select_related("destination").order_by("-pk")
    if before := number_of(query.cursor):
        rows = rows.filter(pk__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("POST", f"{ALL}/dry-run", "replay_new", READ, takes=ReplayIn, gives=DryRunOut)
def try_replay(request: WSGIRequest, project: str) -> HttpResponse:
    """What a replay would send, rendered and not sent."""
    outlook = outlook_of(_form(request), with_sample=True)
    tried = outlook.dry_run
    assert tried is not None
    return answer(
        {
            "matching": outlook.counted.number,
            "is_exact": outlook.counted.is_exact,
            "tried": tried.tried,
            "rendered": tried.rendered,
            "not_json": tried.not_json,
            "faults": [{"event_id": event.pk, "message": words} for event, words in tried.faults],
            "sample": tried.sample.body if tried.sample else None,
        }
    )


@router.door("POST", ALL, "replay_new", WRITE, takes=ReplayIn, gives=ReplayOut, status=201, conflicts=True)
def begin_replay(request: WSGIRequest, project: str) -> HttpResponse:
    """Begin a replay."""
    return answer(shown(begin(_form(request))), 201)


@router.door("GET", ONE, "replay", READ, gives=ReplayOut)
def get_replay(request: HttpRequest, project: str, replay: int) -> HttpResponse:
    """How a replay is going."""
    return answer(shown(replay_of(request, replay)))


@router.door("POST", f"{ONE}/pause", "replay_act", WRITE, gives=ReplayOut, conflicts=True)
def pause_replay(request: HttpRequest, project: str, replay: int) -> HttpResponse:
    """Begin nothing further; what is on its way goes on."""
    return _acted(request, replay, running.pause)


@router.door("POST", f"{ONE}/resume", "replay_act", WRITE, gives=ReplayOut, conflicts=True)
def resume_replay(request: HttpRequest, project: str, replay: int) -> HttpResponse:
    """Go on with a paused replay."""
    return _acted(request, replay, running.resume)


@router.door("POST", f"{ONE}/stop", "replay_act", WRITE, gives=ReplayOut, conflicts=True)
def stop_replay(request: HttpRequest, project: str, replay: int) -> HttpResponse:
    """End a replay; what is on its way goes on."""
    return _acted(request, replay, running.stop)


def shown(replay: Replay) -> dict[str, Any]:
    progress = Progress(replay)
    return {
        "id": replay.pk,
        "kind": replay.kind,
        "state": replay.state,
        "about": about(replay),
        "destination": replay.destination.name if replay.destination else None,
        "per_second": replay.per_second,
        "expected": replay.expected,
        "sent": replay.sent,
        "passed_over": replay.passed_over,
        "delivered": progress.delivered,
        "lost": progress.lost,
        "retrying": progress.retrying,
        "percent": progress.percent,
        "waits_for": progress.waits_for,
        "by": replay.by_name,
        "created_at": moment(replay.created_at),
        "finished_at": moment(replay.finished_at),
    }


def _acted(request: HttpRequest, pk: int, act: Any) -> HttpResponse:
    found = replay_of(request, pk)
    if not act(found):
        raise Refused(409, "conflict", f"It is {found.get_state_display().lower()} already.")
    return answer(shown(found))


# -- the form ---------------------------------------------------------------------------------------------------------
def _form(request: WSGIRequest) -> AgainForm | BackfillForm:
    """Filled and valid. Raises Refused."""
    body = body_of(request)
    data = from_query(_query(request, body), now())
    form_of = BackfillForm if data.get("kind") == Replay.Kind.BACKFILL else AgainForm
    form = form_of(caller_of(request).project, data)
    if not form.is_valid():
        places = ((KEY_OF.get(field, field), words) for field, every in form.errors.items() for words in every)
        raise invalid(Problem("" if field == "__all__" else field, str(words)) for field, words in places)
    return form


def _query(request: HttpRequest, body: dict[str, Any]) -> QueryDict:
    problems = [
        Problem(key, f"“{key}” is not a known key. Known: {', '.join(KNOWN)}.") for key in body if key not in KNOWN
    ]
    query = QueryDict(mutable=True)
    for key, value in body.items():
        if value is None or key not in KNOWN:
            continue
        if not _fits(key, value):
            problems.append(Problem(key, "This is not of the type it should be."))
        elif key == "destination":
            lane = destination_or_none(request, str(value))
            problems += [] if lane else [Problem(key, "There is no such destination in this project.")]
            query["destination"] = str(lane.pk) if lane else ""
        else:
            query.setlist(FIELD_OF.get(key, key), [str(one) for one in value] if key in LISTS else [str(value)])
    if problems:
        raise invalid(problems)
    return query


def _fits(key: str, value: Any) -> bool:
    if key in LISTS:
        return isinstance(value, list) and len(value) <= 500 and all(type(one) in (str, int) for one in value)
    if key == "per_second":
        return type(value) in (int, float)
    return type(value) is str or (key == "destination" and type(value) is int)
