"""What a destination makes of an event: its template with versions, filter and mappings, each as a resource of its own,
and trying them out."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from cohorts.filter_names import with_ids
from delivery.trial_limit import MOST, may_send
from delivery.trial_request import trial_request
from delivery.trial_send import send
from destinations.filter_effect import effect
from destinations.filter_rules import BadFilter, check_filter
from destinations.filters import compile_filter
from destinations.models import Destination, Language, PayloadMode, TemplateVersion
from destinations.preview import preview
from destinations.samples import BUILT_IN, chosen_sample
from destinations.specification import Problem
from events import audit
from streamhub.api.answers import PageQuery, answer, moment, number_of, page, versioned
from streamhub.api.destinations import ONE, READ, WRITE, DestinationOut, change_part
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import destination_named, event_named
from streamhub.api.problems import Refused, invalid, not_found
from streamhub.declared_destinations import describe

router = Resource()


class PayloadIn(Schema):
    """`mode`: raw (the original event) or template. `language`: freemarker or jinja2."""

    mode: str
    language: str | None = None
    template: str | None = None


class VersionOut(Schema):
    number: int
    mode: str
    language: str
    template: str
    created_at: str
    created_by: str | None


class VersionsOut(Schema):
    data: list[VersionOut]
    next: str | None


class FilterIn(Schema):
    """docs/filters.md is the language."""

    topics: list[str] | None = None
    event_types: list[str] | None = None
    conditions: list[Any] | None = None


class MappingsIn(Schema):
    """As the file format has it."""


class PreviewIn(Schema):
    """`payload`: a draft; left out, what is in use. `event`: an id or UUID; or `data`: an event's own fields."""

    payload: PayloadIn | None = None
    event: str | None = None
    data: dict[str, Any] | None = None


class PreviewOut(Schema):
    """`error`: why nothing was rendered. `not_json`: why the body is no JSON, or null."""

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


@router.door("PUT", f"{ONE}/template", "destination_payload", WRITE, takes=PayloadIn, gives=DestinationOut)
def put_template(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the payload template; each change is a new version."""
    return change_part(request, destination, {"payload": body_of(request)})


@router.door("GET", f"{ONE}/template/versions", "destination_payload", READ, gives=VersionsOut)
def list_template_versions(
    request: HttpRequest, project: str, destination: str, query: Query[PageQuery]
) -> HttpResponse:
    """Every payload the destination has had, newest first."""
    rows = destination_named(request, destination).template_versions.select_related("created_by")
    if before := number_of(query.cursor):
        rows = rows.filter(number__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.number, _version)


@router.door("GET", f"{ONE}/template/versions/{{int:number}}", "destination_payload", READ, gives=VersionOut)
def get_template_version(request: HttpRequest, project: str, destination: str, number: int) -> HttpResponse:
    """One version."""
    return versioned(request, _version(_numbered(request, destination, number)))


@router.door("POST", f"{ONE}/template/versions/{{int:number}}/use", "destination_payload", WRITE, gives=DestinationOut)
def use_template_version(request: HttpRequest, project: str, destination: str, number: int) -> HttpResponse:
    """Take a version up again, as a new one."""
    old = _numbered(request, destination, number)
    payload: dict[str, Any] = {"mode": old.mode, "language": old.language}
    if old.mode == PayloadMode.TEMPLATE:
        payload["template"] = old.source
    return change_part(request, destination, {"payload": payload})


@router.door("PUT", f"{ONE}/filter", "destination_filter", WRITE, takes=FilterIn, gives=DestinationOut)
def put_filter(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the filter; {} lets everything pass."""
    return change_part(request, destination, {"filter": body_of(request)})


@router.door("PUT", f"{ONE}/mappings", "destination_mappings", WRITE, takes=MappingsIn, gives=DestinationOut)
def put_mappings(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the mappings; {} forwards every property."""
    return change_part(request, destination, {"mappings": body_of(request)})


# -- trying out -------------------------------------------------------------------------------------------------------
@router.door("POST", f"{ONE}/preview", "destination_preview", READ, takes=PreviewIn, gives=PreviewOut)
def preview_payload(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """The body that a template makes of an event; nothing is saved or sent."""
    found, given = destination_named(request, destination), body_of(request, required=False)
    shown = preview(_draft(found, given.get("payload")), _data(request, found, given))
    error = shown.error
    return answer(
        {
            "body": shown.body,
            "error": {"message": error.message, "line": error.line, "column": error.column} if error else None,
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
    rules = found.filter
    if given.get("filter") is not None:
        try:
            rules = check_filter(with_ids(found.project, given["filter"]))
        except BadFilter as error:
            problems = (Problem(".".join(map(str, ("filter", *one.place))), one.message) for one in error.problems)
            raise invalid(problems) from None
    seen = effect(found.project, compile_filter(rules))
    return answer(
        {
            "events": seen.events,
            "passing": seen.passing,
            "since": moment(seen.since),
            "complete": seen.complete,
            "types": [{"event_type": t.event_type, "events": t.events, "passing": t.passing} for t in seen.types],
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
    got = send(trial)
    return answer(
        {
            "ok": got.ok,
            "status": got.status,
            "milliseconds": got.milliseconds,
            "headers": [[name, value] for name, value in got.headers],
            "body": got.body,
            "body_cut": got.body_cut,
            "error": got.error,
        }
    )


def _numbered(request: HttpRequest, destination: str, number: int) -> TemplateVersion:
    rows = destination_named(request, destination).template_versions.select_related("created_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise not_found(f"This destination has no template version {number}.")
    return found


def _version(version: TemplateVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "mode": version.mode,
        "language": version.language,
        "template": version.source,
        "created_at": moment(version.created_at),
        "created_by": version.created_by.get_username() if version.created_by else None,
    }


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
