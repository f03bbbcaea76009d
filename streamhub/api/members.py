"""/members: who belongs to the project, and as what."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from events.accounts import account, awaits_password
from events.checking import Problem
from events.membership import add_member, change_role, remove_member
from events.models import Membership
from events.roles import Role
from streamhub.api.answers import answer, moment, nothing
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import membership_of
from streamhub.api.problems import Refused, invalid, not_found
from streamhub.password_links import password_link

router = Resource()
READ, WRITE = "members:read", "members:write"
ALL = "/projects/{project}/members"
ONE = f"{ALL}/{{username}}"


class MemberIn(Schema):
    """`make`: makes an account of this name, for which `password_link` is answered."""

    role: str
    make: bool = False


class MemberOut(Schema):
    username: str
    role: str
    active: bool
    since: str


class MadeMemberOut(MemberOut):
    """`password_link`: for a new account, shown this once; null otherwise."""

    password_link: str | None


class MembersOut(Schema):
    data: list[MemberOut]
    next: str | None


class LinkOut(Schema):
    password_link: str


@router.door("GET", ALL, "members", READ, gives=MembersOut)
def list_members(request: HttpRequest, project: str) -> HttpResponse:
    """Everybody, by name."""
    rows = caller_of(request).project.memberships.select_related("user").order_by("user__username")
    return answer({"data": [shown(row) for row in rows], "next": None})


@router.door("PUT", ONE, "members", WRITE, takes=MemberIn, gives=MadeMemberOut, conflicts=True)
def put_member(request: WSGIRequest, project: str, username: str) -> HttpResponse:
    """Give somebody a role in the project."""
    body = body_of(request)
    role, make = body.get("role"), body.get("make", False)
    if role not in Role.values:
        raise invalid([Problem("role", f"Choose one of {', '.join(Role)}.")])
    if not isinstance(make, bool):
        raise invalid([Problem("make", "Write true or false.")])
    if found := membership_of(request, username):
        change_role(found, Role(role))
        return answer(shown(found) | {"password_link": None})
    with transaction.atomic():
        user = account(username, make=make)
        user.save()
        made = add_member(caller_of(request).project, user, Role(role))
        link = password_link(request, made) if awaits_password(made) else None
    return answer(shown(made) | {"password_link": link})


@router.door("POST", f"{ONE}/password-link", "member_link", WRITE, gives=LinkOut, conflicts=True)
def new_password_link(request: HttpRequest, project: str, username: str) -> HttpResponse:
    """A new link to choose a password by, for an account that nobody has used yet."""
    found = _member(request, username)
    if not awaits_password(found):
        raise Refused(409, "conflict", f"{found} chooses passwords without a link of yours.")
    return answer({"password_link": password_link(request, found)})


@router.door("DELETE", ONE, "member", WRITE, status=204, conflicts=True)
def delete_member(request: HttpRequest, project: str, username: str) -> HttpResponse:
    """Take somebody out of the project; the account stays."""
    remove_member(_member(request, username))
    return nothing()


def shown(membership: Membership) -> dict[str, Any]:
    return {
        "username": membership.user.get_username(),
        "role": membership.role,
        "active": membership.user.is_active,
        "since": moment(membership.created_at),
    }


def _member(request: HttpRequest, username: str) -> Membership:
    found = membership_of(request, username)
    if found is None:
        raise not_found(f"Nobody called “{username[:60]}” is a member.")
    return found
