"""/event-transformations: how the project's events are renamed, merged, put into categories or dropped."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from destinations.event_rule_effect import lately, seeing, touched, waiting_for
from destinations.event_rules import BadRule
from destinations.models import EventRule
from destinations.saved_event_rules import checked, remove_rule, replace_rules, save_rule
from events.checking import Problem
from streamhub.api.answers import PageQuery, answer, moment, nothing, number_of, page, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.problems import Refused, invalid, not_found
from streamhub.api.versions import versions_page

router = Resource()
READ, WRITE = "project:read", "project:write"
ALL = "/projects/{project}/event-transformations"
ONE = f"{ALL}/{{int:rule}}"
READ_ONLY = ("id", "created_at")


class RuleIn(Schema):
    """The event types with what becomes of them: a name (`to`), a `category`, both, or `drop`."""

    types: list[str]
    to: str | None = None
    category: str | None = None
    drop: bool | None = None


class RuleOut(Schema):
    """`to`, `category` or `drop`, as given."""

    id: int
    types: list[str]
    created_at: str


class RulesOut(Schema):
    data: list[RuleOut]
    next: str | None


class RulesVersionOut(Schema):
    number: int
    event_transformations: list[RuleIn]
    created_at: str
    created_by: str | None


class RulesVersionsOut(Schema):
    data: list[RulesVersionOut]
    next: str | None


class AllRulesIn(Schema):
    event_transformations: list[RuleIn]


class TryRuleIn(RuleIn):
    """`rule`: the id of the one that is to be replaced."""

    rule: int | None = None


class WaitingOut(Schema):
    """A destination whose filter names types that no event would have any more."""

    destination: str
    types: list[str]


class TriedRuleOut(Schema):
    """Of the last 24 hours, or since `since` where there were too many to look at: events by type."""

    since: str
    complete: bool
    events: dict[str, int]
    waiting: list[WaitingOut]


@router.door("GET", ALL, "event_rules", READ, gives=RulesOut)
def list_event_transformations(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """Event transformations, oldest first."""
    rows = EventRule.objects.filter(project=caller_of(request).project).order_by("pk")
    if after := number_of(query.cursor):
        rows = rows.filter(pk__gt=after)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("POST", ALL, "event_rule_new", WRITE, takes=RuleIn, gives=RuleOut, status=201)
def add_event_transformation(request: WSGIRequest, project: str) -> HttpResponse:
    """Add one; it holds for events from now on."""
    return _saved(request, None)


@router.door("PUT", ALL, "event_rule", WRITE, takes=AllRulesIn, gives=RulesOut)
def put_event_transformations(request: WSGIRequest, project: str) -> HttpResponse:
    """Replace all of them at once, as a file for `apply` does."""
    owner, given = caller_of(request).project, body_of(request)
    if unknown := sorted(set(given) - {"event_transformations"}):
        raise invalid([Problem(unknown[0], f"“{unknown[0]}” is not a known key. Known: event_transformations.")])
    rules = given.get("event_transformations")
    try:
        replace_rules(owner, [_settable(one) for one in rules] if isinstance(rules, list) else rules)
    except BadRule as error:
        raise refused(error, "event_transformations") from None
    return answer({"data": [shown(rule) for rule in owner.event_rules.all()], "next": None})


@router.door("GET", f"{ALL}/versions", "event_rules", READ, gives=RulesVersionsOut)
def list_event_transformations_versions(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """All event transformations together as they have been, newest first."""
    versions = caller_of(request).project.event_rules_versions.all()
    return versions_page(query, versions, lambda version: {"event_transformations": version.rules})


@router.door("POST", f"{ALL}/versions/{{int:number}}/use", "event_rules", WRITE, gives=RulesOut)
def use_event_transformations_version(request: HttpRequest, project: str, number: int) -> HttpResponse:
    """Take a version up again, as a new one; it holds for events from now on."""
    owner = caller_of(request).project
    version = owner.event_rules_versions.filter(number=number).first()
    if version is None:
        raise not_found(f"This project has no version {number} of its event transformations.")
    try:
        replace_rules(owner, version.rules)
    except BadRule as error:
        raise refused(error, "event_transformations") from None
    return answer({"data": [shown(rule) for rule in owner.event_rules.all()], "next": None})


@router.door("GET", ONE, "event_rule", READ, gives=RuleOut)
def get_event_transformation(request: HttpRequest, project: str, rule: int) -> HttpResponse:
    """One event transformation."""
    return versioned(request, shown(_found(request, rule)))


@router.door("PUT", ONE, "event_rule", WRITE, takes=RuleIn, gives=RuleOut)
def put_event_transformation(request: WSGIRequest, project: str, rule: int) -> HttpResponse:
    """Replace one; it holds for events from now on."""
    return _saved(request, _found(request, rule))


@router.door("DELETE", ONE, "event_rule", WRITE, status=204)
def delete_event_transformation(request: HttpRequest, project: str, rule: int) -> HttpResponse:
    """Remove one: new events keep their types."""
    found = _found(request, rule)
    refuse_stale(request, shown(found))
    remove_rule(found)
    return nothing()


@router.door("POST", f"{ALL}/preview", "event_rule_preview", READ, takes=TryRuleIn, gives=TriedRuleOut)
def try_event_transformation(request: WSGIRequest, project: str) -> HttpResponse:
    """Which events of the last 24 hours it would have touched; nothing is saved."""
    owner, given = caller_of(request).project, body_of(request)
    named = given.pop("rule", None)
    existing = _found(request, named) if isinstance(named, int) and not isinstance(named, bool) else None
    try:
        draft = checked(owner, _settable(given), existing)
    except BadRule as error:
        raise refused(error) from None
    seen = lately(owner)
    waiting = [{"destination": one.destination.name, "types": one.types} for one in waiting_for(draft, seeing(owner))]
    return answer(
        {"since": moment(seen.since), "complete": seen.complete, "events": touched(draft, seen), "waiting": waiting}
    )


def shown(rule: EventRule) -> dict[str, Any]:
    return {"id": rule.pk, **rule.as_given, "created_at": moment(rule.created_at)}


def refused(error: BadRule, *stem: str) -> Refused:
    return invalid(Problem(".".join(map(str, (*stem, *place))), message) for place, message in error.problems)


def _saved(request: WSGIRequest, existing: EventRule | None) -> HttpResponse:
    given = _settable(body_of(request))
    if existing:
        refuse_stale(request, shown(existing))
    try:
        saved = save_rule(caller_of(request).project, given, existing)
    except BadRule as error:
        raise refused(error) from None
    return versioned(request, shown(saved), 200 if existing else 201)


def _settable(given: Any) -> Any:
    """Without what an answer holds besides."""
    return {key: value for key, value in given.items() if key not in READ_ONLY} if isinstance(given, dict) else given


def _found(request: HttpRequest, pk: int) -> EventRule:
    found = EventRule.objects.filter(project=caller_of(request).project, pk=pk).select_related("project").first()
    if found is None:
        raise not_found("There is no such event transformation in this project.")
    return found
