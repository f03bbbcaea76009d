"""/cohorts: groups of users, their members, and profiles."""

from typing import Annotated, Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from cohorts.computation import add_and_remove, preview
from cohorts.farewell import delete_cohort, leave_and_delete
from cohorts.models import Cohort, Kind, Member, identity_of_user, user_id_of
from cohorts.on_demand import BY_HAND, compute_by_hand, compute_soon
from cohorts.specification import MOST_LISTED, check_cohort, describe_cohort, save_cohort
from cohorts.user_ids import BadUserId, check_user_id
from events.checking import Problem
from events.models import Profile
from streamhub.api.answers import PageQuery, answer, key_of, moment, nothing, page, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import cohort_named, cohort_or_none
from streamhub.api.problems import Refused, invalid, not_found
from streamhub.api.projects import refuse_unconfirmed

router = Resource()
READ, WRITE = "cohorts:read", "cohorts:write"
ALL = "/projects/{project}/cohorts"
ONE = f"{ALL}/{{cohort}}"


class CohortIn(Schema):
    """docs/cohorts.md is the language of `definition`. `users`: the members of a listed cohort; left out, they stay."""

    name: str | None = None
    description: str | None = None
    kind: str | None = None
    definition: dict[str, Any] | None = None
    cadence: Any = None
    users: list[str] | None = None


class CohortOut(Schema):
    """The other keys are those that are sent."""

    id: str
    name: str
    kind: str
    size: int
    computed_at: str | None
    created_at: str


class CohortsOut(Schema):
    data: list[CohortOut]
    next: str | None


class MembersIn(Schema):
    """User ids. Who is in both lists is taken out."""

    add: list[str] | None = None
    remove: list[str] | None = None


class PreviewIn(Schema):
    """`definition`: as of a cohort."""

    definition: dict[str, Any]


class PreviewOut(Schema):
    """`sample`: some of the `users`."""

    users: int
    sample: list[dict[str, Any]]


class MembersQuery(PageQuery):
    """`prefix`: what the user or device id begins with."""

    prefix: Annotated[str, Field(max_length=512)] = ""


class CohortMemberOut(Schema):
    """One of both: a device that nobody has signed in on has no user id."""

    user_id: str | None
    device_id: str | None


class CohortMembersOut(Schema):
    data: list[CohortMemberOut]
    next: str | None


class DeleteQuery(Schema):
    """`confirm`: its name. `tell_receivers`: they are sent that everybody leaves, and then it goes."""

    confirm: str
    tell_receivers: bool = False


class ProfileOut(CohortMemberOut):
    """`cohorts`: ids."""

    properties: dict[str, Any]
    groups: dict[str, Any]
    cohorts: list[str]
    created_at: str
    updated_at: str


class ProfilesOut(Schema):
    data: list[ProfileOut]
    next: str | None


@router.door("GET", ALL, "cohorts", READ, gives=CohortsOut)
def list_cohorts(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """Cohorts, by name."""
    rows = Cohort.objects.filter(project=caller_of(request).project).select_related("project").order_by("name")
    if after := key_of(query.cursor):
        rows = rows.filter(name__gt=after)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.name, shown)


@router.door("GET", ONE, "cohort", READ, gives=CohortOut)
def get_cohort(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    """A cohort, by id or name."""
    return versioned(request, shown(cohort_named(request, cohort)))


@router.door("PUT", ONE, "cohort_edit", WRITE, takes=CohortIn, gives=CohortOut)
def put_cohort(request: WSGIRequest, project: str, cohort: str) -> HttpResponse:
    """Make or replace the cohort of this name. A changed definition is computed at once, in the background."""
    given = {key: value for key, value in body_of(request).items() if key not in READ_ONLY}
    existing = cohort_or_none(request, cohort)
    refuse_stale(request, shown(existing) if existing else None)
    given.setdefault("name", existing.name if existing else cohort)
    before = existing.definition if existing else None
    saved, _ = save_cohort(caller_of(request).project, given, existing)
    saved.refresh_from_db()
    if saved.kind == Kind.DEFINED and before != saved.definition:
        transaction.on_commit(lambda: compute_soon(saved, BY_HAND))
    return versioned(request, shown(saved), 200 if existing else 201)


@router.door("DELETE", ONE, "cohort_delete", WRITE, status=204, conflicts=True)
def remove_cohort(request: HttpRequest, project: str, cohort: str, query: Query[DeleteQuery]) -> HttpResponse:
    """Delete a cohort with its members, history and syncs."""
    found = cohort_named(request, cohort)
    refuse_unconfirmed(query.confirm, found.name)
    if query.tell_receivers:
        leave_and_delete(found)
    else:
        delete_cohort(found)
    return nothing()


@router.door("POST", f"{ONE}/compute", "cohort_compute", WRITE, gives=CohortOut, status=202, conflicts=True)
def compute_cohort(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    """Work out its members now, in the background."""
    found = cohort_named(request, cohort)
    compute_by_hand(found)
    return answer(shown(found), 202)


@router.door("GET", f"{ONE}/members", "cohort", READ, gives=CohortMembersOut)
def list_cohort_members(request: HttpRequest, project: str, cohort: str, query: Query[MembersQuery]) -> HttpResponse:
    """Who is in it."""
    rows = Member.objects.filter(cohort=cohort_named(request, cohort)).order_by("identity")
    identities = _page_of(rows, query).values_list("identity", flat=True)
    return page(identities[: query.limit + 1], query.limit, str, _who)


@router.door("POST", f"{ONE}/members", "cohort_list", WRITE, takes=MembersIn, gives=CohortOut, conflicts=True)
def change_cohort_members(request: WSGIRequest, project: str, cohort: str) -> HttpResponse:
    """Add users to a listed cohort and take others out; what is so already stays."""
    found, given = cohort_named(request, cohort), body_of(request)
    if found.kind != Kind.LISTED:
        raise Refused(409, "conflict", "This cohort is defined by conditions. Change these.")
    problems: list[Problem] = [
        Problem(key, f"“{key}” is not a known key. Known: add, remove.")
        for key in given
        if key not in ("add", "remove")
    ]
    added, removed = (_ids(given.get(key), key, problems) for key in ("add", "remove"))
    if problems:
        raise invalid(problems)
    add_and_remove(found, map(identity_of_user, added), map(identity_of_user, removed), "a list was given")
    found.refresh_from_db()
    return versioned(request, shown(found))


@router.door("POST", "/projects/{project}/cohort-previews", "cohort_preview", READ, takes=PreviewIn, gives=PreviewOut)
def preview_cohort(request: WSGIRequest, project: str) -> HttpResponse:
    """How many users a definition means, and some of them; nothing is saved."""
    owner = caller_of(request).project
    definition = check_cohort(owner, body_of(request).get("definition"))
    try:
        count, identities = preview(owner.pk, definition)
    except DatabaseError:
        raise Refused(
            409, "conflict", "It takes too long to count. Save the cohort: it is computed all the same."
        ) from None
    return answer({"users": count, "sample": [_who(identity) for identity in identities]})


def _ids(given: Any, key: str, problems: list[Problem]) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MOST_LISTED:
        problems.append(Problem(key, f"Write a list of at most {MOST_LISTED:,} user ids."))
        return []
    users = []
    for number, user in enumerate(given):
        try:
            users.append(check_user_id(user))
        except BadUserId as error:
            problems.append(Problem(f"{key}.{number}", str(error)))
    return users


@router.door("GET", "/projects/{project}/profiles", "profiles", READ, gives=ProfilesOut)
def list_profiles(request: HttpRequest, project: str, query: Query[MembersQuery]) -> HttpResponse:
    """What is known of users, by id."""
    rows = _page_of(Profile.objects.filter(project=caller_of(request).project).order_by("identity"), query)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.identity, _profile)


@router.door("GET", "/projects/{project}/profiles/{user_id}", "profiles", READ, gives=ProfileOut)
def get_profile(request: HttpRequest, project: str, user_id: str) -> HttpResponse:
    """What is known of one user."""
    rows = Profile.objects.filter(project=caller_of(request).project)
    found = rows.filter(identity=f"u:{user_id}").first() or rows.filter(identity=f"d:{user_id}").first()
    if found is None:
        raise not_found(f"Nothing is known of “{user_id[:60]}”.")
    return answer(_profile(found))


def shown(cohort: Cohort) -> dict[str, Any]:
    return {
        "id": cohort.public_id,
        **describe_cohort(cohort),
        "size": cohort.size,
        "computed_at": moment(cohort.computed_at),
        "created_at": moment(cohort.created_at),
    }


READ_ONLY = ("id", "size", "computed_at", "created_at")


def _page_of(rows: Any, query: MembersQuery) -> Any:
    if query.prefix:
        rows = rows.filter(identity__startswith=f"u:{query.prefix}") | rows.filter(
            identity__startswith=f"d:{query.prefix}"
        )
    after = key_of(query.cursor)
    return rows.filter(identity__gt=after) if after else rows


def _who(identity: str) -> dict[str, Any]:
    user = user_id_of(identity)
    return {"user_id": user, "device_id": None if user is not None else identity[2:]}


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        **_who(profile.identity),
        "properties": profile.properties,
        "groups": profile.groups,
        "cohorts": profile.cohorts,
        "created_at": moment(profile.created_at),
        "updated_at": moment(profile.updated_at),
    }
