"""/portal: the project's own kinds of destination, from a draft to the catalog. Approving is for people."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from delivery.kind_trials import kind_trial
from delivery.trial_limit import MOST, may_send
from delivery.trial_send import send
from destinations.kind.check import check_definition
from destinations.kind.folder import KindFiles
from destinations.kind.logo import BadLogo, checked_logo
from destinations.kind.problems import Problem as KindProblem
from destinations.models import KindVersion
from destinations.portal import drafts, life
from destinations.portal.trial import CannotRender, Given, try_out
from destinations.samples import BadSample
from events import audit
from events.checking import Problem
from events.jsontext import dumps
from streamhub.api.answers import answer, moment, refuse_stale, versioned
from streamhub.api.destinations import READ, WRITE
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.problems import Refused, invalid, not_found
from streamhub.api.trying import TestOut, told

router = Resource()
ALL = "/projects/{project}/portal"
ONE = f"{ALL}/{{slug:kind}}"


class NewKindIn(Schema):
    """`definition`: what kind.yaml says, with the template as `request.template` (docs/kinds.md). `slug`: left out, it
    is made of the name. `logo`: an SVG, or a PNG in base64."""

    definition: dict[str, Any]
    slug: str | None = None
    logo: str | None = None


class KindIn(Schema):
    """`logo` null keeps the one that there is; "" takes it away."""

    definition: dict[str, Any]
    logo: str | None = None


class TrialIn(Schema):
    """`definition`: a draft; left out, the one that is stored. `parameters` and `fields`: texts by name; what is left
    out has an example. `event`: an event's own fields; left out, a built-in one."""

    definition: dict[str, Any] | None = None
    parameters: dict[str, str] | None = None
    fields: dict[str, str] | None = None
    event: dict[str, Any] | None = None


class MadeKindOut(Schema):
    """Of its newest version. `stage`: draft, submitted, returned (for `comment`), approved or published. `current`: the
    version in the catalog, or null. `problems`: what keeps it from being submitted."""

    slug: str
    version: int
    stage: str
    comment: str
    current: int | None
    withdrawn_at: str | None
    definition: dict[str, Any]
    problems: list[dict[str, Any]]
    updated_at: str


class MadeKindsOut(Schema):
    data: list[MadeKindOut]
    next: str | None


class TriedKindOut(Schema):
    """`request` {method, url, headers, body}, or null for `why_not`."""

    problems: list[dict[str, Any]]
    request: dict[str, Any] | None
    why_not: str | None


@router.door("GET", ALL, "portal", READ, gives=MadeKindsOut)
def list_own_kinds(request: HttpRequest, project: str) -> HttpResponse:
    """The project's own kinds, by name."""
    kinds = caller_of(request).project.kinds.prefetch_related("versions", "versions__kind__current").order_by("slug")
    return answer({"data": [shown(kind.versions.all()[0]) for kind in kinds], "next": None})


@router.door("POST", ALL, "portal_import", WRITE, takes=NewKindIn, gives=MadeKindOut, status=201)
def make_own_kind(request: WSGIRequest, project: str) -> HttpResponse:
    """Make a kind, as a draft; a name that is taken gets a number."""
    given, caller = body_of(request), caller_of(request)
    definition, slug = _definition(given), given.get("slug") or ""
    if not isinstance(slug, str):
        raise invalid([Problem("slug", "Write text.")])
    files = KindFiles(slug, definition, _logo(given) or b"")
    if wrong := check_definition(slug or "kind", definition, files.logo):
        raise invalid(_problems(wrong))
    return versioned(request, shown(drafts.take_in(caller.project, files, caller.token.created_by)), 201)


@router.door("GET", ONE, "portal", READ, gives=MadeKindOut)
def get_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """A kind's newest version, whatever its stage."""
    return versioned(request, shown(_version(request, kind)))


@router.door("PUT", ONE, "portal_kind", WRITE, takes=KindIn, gives=MadeKindOut, conflicts=True)
def put_own_kind(request: WSGIRequest, project: str, kind: str) -> HttpResponse:
    """Replace a draft, right or wrong: `problems` says what is to be mended."""
    found, given = _version(request, kind), body_of(request)
    refuse_stale(request, shown(found))
    by = caller_of(request).token.created_by
    drafts.keep(found, _definition(given), drafts.given_of(found), _logo(given), by)
    return versioned(request, shown(found))


@router.door("POST", f"{ONE}/preview", "portal_preview", READ, takes=TrialIn, gives=TriedKindOut)
def preview_own_kind(request: WSGIRequest, project: str, kind: str) -> HttpResponse:
    """The request that it makes of an event; nothing is saved or sent."""
    found, given = _version(request, kind), body_of(request, required=False)
    tried = try_out(kind, _draft(found, given), bytes(found.logo), _trial(given))
    made = tried.rendered
    texts = {name: getattr(made, name) for name in ("method", "url", "body")} if made else None
    rendered = texts and texts | {"headers": [list(header) for header in made.headers]} if made else None
    problems = [{"field": one.field, "message": one.message} for one in _problems(tried.problems)]
    return answer({"problems": problems, "request": rendered, "why_not": tried.why_not or None})


@router.door("POST", f"{ONE}/test", "portal_test", WRITE, act="send", takes=TrialIn, gives=TestOut, conflicts=True)
def test_own_kind(request: WSGIRequest, project: str, kind: str) -> HttpResponse:
    """Send one real request now."""
    found, given = _version(request, kind), body_of(request, required=False)
    try:
        trial = kind_trial(found, _draft(found, given), _trial(given))
    except (CannotRender, BadSample) as error:
        raise Refused(409, "conflict", str(error)) from None
    if not may_send(f"token-{caller_of(request).token.pk}"):
        raise Refused(429, "rate", f"That would be more than {MOST} tests within a minute.", wait=60)
    audit.record("sent a test of", found.kind)
    return answer(told(send(trial)))


# -- its life ---------------------------------------------------------------------------------------------------------
@router.door("POST", f"{ONE}/submit", "portal_life", WRITE, act="submit", gives=MadeKindOut, conflicts=True)
def submit_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """Ask for its review; 422 names what is to be mended."""
    found = _version(request, kind)
    try:
        life.submit(found)
    except life.StepRefused as error:
        if error.problems:
            raise invalid(_problems(error.problems)) from None
        raise
    return answer(shown(_version(request, kind)))


@router.door("POST", f"{ONE}/revise", "portal_life", WRITE, act="revise", gives=MadeKindOut, status=201, conflicts=True)
def revise_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """Begin another version; the published one stays until this one is."""
    made = drafts.take_up(_version(request, kind).kind, caller_of(request).token.created_by)
    return versioned(request, shown(made), 201)


@router.door("POST", f"{ONE}/publish", "portal_life", WRITE, act="publish", gives=MadeKindOut, conflicts=True)
def publish_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """Put an approved version into the catalog."""
    life.publish(_version(request, kind))
    return answer(shown(_version(request, kind)))


@router.door("POST", f"{ONE}/withdraw", "portal_life", WRITE, act="withdraw", gives=MadeKindOut, conflicts=True)
def withdraw_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """Take it out of the catalog; its destinations go on."""
    life.withdraw(_version(request, kind).kind)
    return answer(shown(_version(request, kind)))


@router.door("POST", f"{ONE}/restore", "portal_life", WRITE, act="restore", gives=MadeKindOut, conflicts=True)
def restore_own_kind(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    """Put a withdrawn kind back into the catalog."""
    life.bring_back(_version(request, kind).kind)
    return answer(shown(_version(request, kind)))


def shown(version: KindVersion) -> dict[str, Any]:
    kind = version.kind
    problems = _problems(check_definition(kind.slug, version.definition, bytes(version.logo)))
    return {
        "slug": kind.slug,
        "version": version.number,
        "stage": version.stage,
        "comment": version.comment,
        "current": kind.current.number if kind.current else None,
        "withdrawn_at": moment(kind.withdrawn_at),
        "definition": version.definition,
        "problems": [{"field": one.field, "message": one.message} for one in problems],
        "updated_at": moment(version.updated_at),
    }


def _version(request: HttpRequest, slug: str) -> KindVersion:
    rows = KindVersion.objects.filter(kind__project=caller_of(request).project, kind__slug=slug)
    found = rows.select_related("kind__project", "kind__current", "author").order_by("-number").first()
    if found is None:
        raise not_found(f"This project has made no kind “{slug[:60]}”.")
    return found


def _problems(found: list[KindProblem]) -> list[Problem]:
    lines = [f"Line {one.line}: {one.message}" if one.line else one.message for one in found]
    return [
        Problem(".".join(map(str, ("definition", *one.place))), words) for one, words in zip(found, lines, strict=True)
    ]


def _definition(given: dict[str, Any]) -> dict[str, Any]:
    definition = given.get("definition")
    if not isinstance(definition, dict):
        raise invalid([Problem("definition", "Write an object: what kind.yaml says.")])
    if wrong := list(_misshapen(definition)):
        raise invalid(wrong)
    return definition


def _misshapen(definition: dict[str, Any]) -> Iterator[Problem]:
    """A draft may be wrong, but has the rows that the editor's page draws."""
    request = definition.get("request", {})
    if not isinstance(request, dict):
        yield Problem("definition.request", "Write an object.")
        request = {}
    rows = {name: definition.get(name) for name in ("parameters", "mappings")}
    for name, given in (rows | {"request.headers": request.get("headers")}).items():
        if given is not None and not (isinstance(given, list) and all(isinstance(row, dict) for row in given)):
            yield Problem(f"definition.{name}", "Write a list of objects.")


def _draft(version: KindVersion, given: dict[str, Any]) -> dict[str, Any]:
    return version.definition if given.get("definition") is None else _definition(given)


def _logo(given: dict[str, Any]) -> bytes | None:
    logo = given.get("logo")
    if logo in (None, ""):
        return None if logo is None else b""
    try:
        if not isinstance(logo, str):
            raise BadLogo("Write an SVG, or a PNG in base64.")
        data = logo.encode() if "<svg" in logo[:2_000] else base64.b64decode(logo, validate=True)
        return checked_logo(data)
    except (BadLogo, binascii.Error, ValueError) as error:
        words = str(error) if isinstance(error, BadLogo) else "Write an SVG, or a PNG in base64."
        raise invalid([Problem("logo", words)]) from None


def _trial(given: dict[str, Any]) -> Given:
    texts: dict[str, dict[str, str]] = {}
    for key in ("parameters", "fields"):
        values = given.get(key) or {}
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise invalid([Problem(key, "Write an object of texts by name.")])
        texts[key] = values
    event = given.get("event")
    if event is not None and not isinstance(event, dict):
        raise invalid([Problem("event", "Write an object: the event’s fields.")])
    return Given(texts["parameters"], texts["fields"], "" if event is None else dumps(event))
