"""Trying a destination out: what its template, filter and transformation make of events, and one real request."""

from copy import copy
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from cohorts.filter_names import with_ids
from delivery.trial_limit import MOST, may_send
from delivery.trial_request import trial_request
from delivery.trial_send import Answer, send
from destinations import catalog
from destinations.event_explanation import explain_event, withheld_because
from destinations.filter_effect import effect
from destinations.filter_explanation import Rule
from destinations.filter_rules import BadFilter, check_filter
from destinations.filters import Filter, compile_filter
from destinations.models import Destination, Language, PayloadMode
from destinations.passing import passing_events
from destinations.payloads import Payload, TemplateError, compile_payload
from destinations.preview import preview
from destinations.samples import BUILT_IN, chosen_sample
from destinations.sight import sight_of
from destinations.transformations.rules import BadTransformation, check_transformation
from destinations.transformations.trying import try_on_many, try_on_one
from destinations.trial import MOST_EVENTS, Outcome, try_on
from events import audit
from events.checking import Problem
from events.jsontext import loads
from events.models import Event
from streamhub.api.answers import answer, moment
from streamhub.api.destinations import ONE, READ, WRITE
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import destination_named, event_named
from streamhub.api.problems import Refused, invalid
from streamhub.api.shaping import PayloadIn
from streamhub.declared_destinations import describe

router = Resource()


class PreviewIn(Schema):
    """`payload`: a draft; left out, what is in use. `event`: an id or UUID; or `data`: an event's own fields."""

    payload: PayloadIn | None = None
    event: str | None = None
    data: dict[str, Any] | None = None


ERROR = ("message", "line", "column", "expression", "tip")


class PreviewOut(Schema):
    """`error`: why nothing was rendered, and where; the expression that is to blame, and a tip what to write.
    `not_json`: why the body is no JSON, or null."""

    body: str | None
    error: dict[str, Any] | None
    not_json: str | None
    findings: list[dict[str, Any]]


class TestIn(Schema):
    """Which event to send: an id or UUID, or `data`; left out, a built-in one."""

    event: str | None = None
    data: dict[str, Any] | None = None


class TestOut(Schema):
    """The receiver's answer, the destination's secrets blanked. `status` null: no answer came."""

    ok: bool
    status: int | None
    milliseconds: int
    headers: list[list[str]]
    body: str
    body_cut: bool
    error: str


class EffectIn(Schema):
    """`filter`: a draft; left out, the one in use."""

    filter: dict[str, Any] | None = None


class EffectOut(Schema):
    """Of the last 24 hours, or since `since` where there were too many to look at."""

    events: int
    passing: int
    since: str
    complete: bool
    types: list[dict[str, Any]]


class TrialIn(Schema):
    """`payload`: a draft; left out, what is in use."""

    payload: PayloadIn | None = None


class TrialOut(Schema):
    """`rendered` and `failed` add up to `tried`; `not_json` and `changed` (otherwise than what is in use) are among the
    rendered. `cases`: up to three events of each outcome. `stopped_early`: there was no time for more."""

    tried: int
    rendered: int
    failed: int
    not_json: int
    changed: int
    stopped_early: bool
    milliseconds: int
    cases: dict[str, Any]


class ExplainIn(Schema):
    """`event`: an id or UUID. `filter`: a draft; left out, the one in use."""

    event: str | int
    filter: dict[str, Any] | None = None


class ExplanationOut(Schema):
    """`refusal`: why it does not pass, or null. `withheld`: what keeps it back whatever the filter says, or null.
    `rules`: each asks something, saw something, and `passed` or not; null where that cannot be decided."""

    refusal: str | None
    withheld: str | None
    rules: list[dict[str, Any]]


class TransformIn(Schema):
    """`transformation`: a draft; left out, the one in use. `event`: an id or UUID; or `data`: an event's own fields."""

    transformation: dict[str, Any] | None = None
    event: str | None = None
    data: dict[str, Any] | None = None


class TransformedOut(Schema):
    """`after`: the events that were made, each with why the filter refuses it, or null; ten at most, `more` left out.
    `lately`: how the newest events come out: sent, several, dropped, refused, failed."""

    before: Any
    after: list[dict[str, Any]]
    more: int
    dropped: str | None
    error: dict[str, Any] | None
    lately: dict[str, int]


@router.door("POST", f"{ONE}/preview", "destination_preview", READ, takes=PreviewIn, gives=PreviewOut)
def preview_payload(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """The body that a template makes of an event; nothing is saved or sent."""
    found, given = destination_named(request, destination), body_of(request, required=False)
    shown = preview(_draft(found, given.get("payload")), _data(request, found, given))
    error = shown.error
    return answer(
        {
            "body": shown.body,
            "error": {name: getattr(error, name) for name in ERROR} if error else None,
            "not_json": shown.fault.words if shown.fault else None,
            "findings": [
                {"line": one.line, "column": one.column, "message": one.message, "tip": one.tip}
                for one in shown.findings
            ],
        }
    )


@router.door("POST", f"{ONE}/filter/effect", "destination_filter_effect", READ, takes=EffectIn, gives=EffectOut)
def try_filter(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """How many of the last 24 hours' events would have passed."""
    found, given = destination_named(request, destination), body_of(request, required=False)
    seen = effect(found.project, _filter(found, given))
    return answer(
        {
            "events": seen.events,
            "passing": seen.passing,
            "since": moment(seen.since),
            "complete": seen.complete,
            "types": [{"event_type": t.event_type, "events": t.events, "passing": t.passing} for t in seen.types],
        }
    )


@router.door(
    "POST", f"{ONE}/filter/explanation", "destination_filter_explanation", READ, takes=ExplainIn, gives=ExplanationOut
)
def explain_filter(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Why one event passes or not, rule by rule."""
    found, given = destination_named(request, destination), body_of(request)
    named = given.get("event")
    if not isinstance(named, (str, int)) or isinstance(named, bool):
        raise invalid([Problem("event", "Write an event’s id or UUID.")])
    event = event_named(request, str(named))
    shown = explain_event(found, event, _filter(found, given), sight_of(found))
    withheld = withheld_because(found, event)
    return answer({"refusal": shown.refusal, "withheld": withheld, "rules": [_rule(one) for one in shown.rules]})


@router.door("POST", f"{ONE}/template/trial", "destination_trial", READ, takes=TrialIn, gives=TrialOut)
def try_template(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """What a template makes of recent events: how many render, fail, are no JSON, come out differently."""
    found = destination_named(request, destination)
    in_use = _compiled(found)
    try:
        draft = compile_payload(_draft(found, body_of(request, required=False).get("payload")))
    except TemplateError as error:
        raise invalid([Problem("payload.template", str(error).partition("\n")[0])]) from None
    trial = try_on(passing_events(found, MOST_EVENTS), draft, in_use)
    outcomes = {name: getattr(trial, name) for name in ("rendered", "failed", "not_json", "changed")}
    return answer(
        {
            "tried": trial.tried,
            **{name: one.count for name, one in outcomes.items()},
            "stopped_early": trial.stopped_early,
            "milliseconds": trial.milliseconds,
            "cases": {name: _cases(one) for name, one in outcomes.items() if name != "rendered"},
        }
    )


@router.door(
    "POST",
    f"{ONE}/transformation/preview",
    "destination_transformation_preview",
    READ,
    takes=TransformIn,
    gives=TransformedOut,
)
def try_transformation(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """What a transformation makes of an event, and how the newest ones come out; nothing is saved."""
    found, given = destination_named(request, destination), body_of(request, required=False)
    data, event = _data(request, found, given), _event(request, given)
    draft = _transforming(found, given.get("transformation"))
    tried = try_on_one(draft, event.topic if event else "event.track", data, event.message if event else None)
    lately, error = try_on_many(draft), tried.error
    place = {"line": error.line, "column": error.column} if error else {"line": None, "column": None}
    return answer(
        {
            "before": loads(tried.before),
            "after": [{"event": loads(one.text), "refused": one.refused or None} for one in tried.after],
            "more": tried.more,
            "dropped": tried.dropped or None,
            "error": {"message": tried.failure, **place} if tried.failure else None,
            "lately": {name: lately[name] for name in ("events", "sent", "several", "dropped", "refused", "failed")},
        }
    )


@router.door("POST", f"{ONE}/test", "destination_test", WRITE, act="send", takes=TestIn, gives=TestOut, conflicts=True)
def send_test(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Send one real request now, outside the log and without retries."""
    found, given = destination_named(request, destination), body_of(request, required=False)
    trial = trial_request(found, _data(request, found, given))
    if not may_send(f"token-{caller_of(request).token.pk}"):
        raise Refused(429, "rate", f"That would be more than {MOST} tests within a minute.", wait=60)
    audit.record("sent a test to", found)
    return answer(told(send(trial)))


def told(got: Answer) -> dict[str, Any]:
    """As TestOut."""
    same = ("ok", "status", "milliseconds", "body", "body_cut", "error")
    return {**{name: getattr(got, name) for name in same}, "headers": [list(header) for header in got.headers]}


def _draft(destination: Destination, payload: Any) -> Destination:
    """In memory only."""
    if payload is None:
        return destination
    if not isinstance(payload, dict):
        raise invalid([Problem("payload", "Write {mode, language, template}.")])
    stored = describe(destination)["payload"]
    wanted = {"language": destination.language, "template": destination.template} | stored | payload
    if wanted["mode"] not in PayloadMode.values or wanted["language"] not in Language.values:
        known = f"{', '.join(PayloadMode.values)}; {', '.join(Language.values)}"
        raise invalid([Problem("payload", f"Known modes and languages: {known}.")])
    if not isinstance(wanted["template"], str):
        raise invalid([Problem("payload.template", "Write text.")])
    destination.payload_mode, destination.language = wanted["mode"], wanted["language"]
    destination.template = wanted["template"]
    return destination


def _compiled(destination: Destination) -> Payload | None:
    """What is in use, where it works."""
    try:
        return compile_payload(destination)
    except TemplateError:
        return None


def _filter(destination: Destination, given: dict[str, Any]) -> Filter:
    """The draft that was sent, or the one in use. Raises Refused."""
    if given.get("filter") is None:
        return compile_filter(destination.filter)
    try:
        return compile_filter(check_filter(with_ids(destination.project, given["filter"])))
    except BadFilter as error:
        problems = (Problem(".".join(map(str, ("filter", *one.place))), one.message) for one in error.problems)
        raise invalid(problems) from None


def _transforming(destination: Destination, given: Any) -> Destination:
    """The destination with a draft of its transformation, in memory only. Raises Refused."""
    if given is None:
        return destination
    drafted, kind = copy(destination), catalog.of(destination)
    try:
        drafted.transformation = check_transformation(given, of_messages=kind is not None and kind.sends_messages)
    except BadTransformation as error:
        stem = "transformation"
        raise invalid(Problem(".".join(map(str, (stem, *place))), words) for place, words in error.problems) from None
    return drafted


def _rule(rule: Rule) -> dict[str, Any]:
    below = [_rule(one) for one in rule.rules]
    return {"asks": rule.asks, "saw": rule.saw, "passed": rule.passed, "wanted": rule.wanted, "rules": below}


def _cases(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "event": str(one.event.uuid),
            "words": one.words,
            "lines": [{"kind": line.kind, "text": line.text} for line in one.lines],
        }
        for one in outcome.cases
    ]


def _event(request: HttpRequest, given: dict[str, Any]) -> Event | None:
    named = given.get("event")
    return event_named(request, str(named)) if named is not None and given.get("data") is None else None


def _data(request: HttpRequest, destination: Destination, given: dict[str, Any]) -> dict[str, Any]:
    """The event to try on, as it is stored."""
    data, named = given.get("data"), given.get("event")
    if data is not None and not isinstance(data, dict):
        raise invalid([Problem("data", "Write an object: the event’s fields.")])
    if named is not None and not isinstance(named, (str, int)):
        raise invalid([Problem("event", "Write an event’s id or UUID.")])
    if data is not None:
        return data
    return chosen_sample(destination, BUILT_IN).data if named is None else event_named(request, str(named)).data
