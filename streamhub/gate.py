"""Nobody gets to a project's page whose role there does not allow it. Foreign projects don't exist (404, not 403)."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.http import trigger_client_event

from events.audit import Actor, acting
from events.client_address import client_address
from events.fragments import htmx_of
from events.membership import is_operator, role_in
from events.models import Membership
from events.roles import Role
from streamhub.permissions import ADMIN, DOORS, allows

PROJECTS = "p/"  # how the route of every page of a project begins


class GateMiddleware:
    """Sets `request.role` on the pages of a project, and says to the audit trail who acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting(lambda: _actor(request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Raises Http404 and PermissionDenied, whose pages say what to do; a fragment's refusal is a toast."""
        match = request.resolver_match
        if match is None or not match.route.startswith(PROJECTS) or not request.user.is_authenticated:
            return None  # the sign-in page is on its way to those who need it
        role = role_in(request.user, kwargs["project"])
        request.role = role  # type: ignore[attr-defined]  # what May looks for
        if role is None:
            raise Http404
        method, act = request.method or "", _act(request, match.view_name)
        if is_operator(request.user) or allows(role, match.view_name, method, act):
            return None
        words = _refusal(request, match.view_name, role, kwargs["project"])
        if not htmx_of(request):
            raise PermissionDenied(words)
        refused = HttpResponse(words, status=403, content_type="text/plain")
        return trigger_client_event(refused, "toast", {"level": "bad", "text": words})


class May:
    """In templates: {% if may.destination_switch %} - may the one who looks send something to this door?

    `may.destination_test__send`: the `act` send of it. `may.here`: the page's own door, to which its form goes.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __getitem__(self, name: str) -> bool:
        door, method, act = self.asked(name)
        if door not in DOORS:
            raise KeyError(name)  # a template then looks for an attribute, and takes nothing for no
        return allows(self.role, door, method, act)

    def asked(self, name: str) -> tuple[str, str, str]:
        """(door, method, act)"""
        if name == "here":
            name = self.request.resolver_match.view_name if self.request.resolver_match else ""
        door, _, act = name.partition("__")
        return door, "POST", act

    @property
    def words(self) -> "Words":
        """{{ may.words.destination_switch }}: why not."""
        return Words(self)

    @property
    def role(self) -> Role | None:
        """In this project; operators are admins everywhere."""
        if not hasattr(self.request, "user"):
            return None
        return getattr(self.request, "role", None) or (ADMIN if is_operator(self.request.user) else None)


class Words:
    """What stands where a button is missing."""

    def __init__(self, asked_by: May) -> None:
        self.may = asked_by

    def __getitem__(self, name: str) -> str:
        door, method, act = self.may.asked(name)
        rule = DOORS.get(door)
        needed = rule.needed(method, act) if rule else None
        return f"This takes {_a(needed)} of the project." if needed else ""


def may(request: HttpRequest) -> dict[str, May]:
    """A context processor. Costs no query."""
    return {"may": May(request)}


def _act(request: HttpRequest, door: str) -> str:
    """Only where the table asks for it: reading a form costs something."""
    rule = DOORS.get(door)
    return request.POST.get("act", "") if rule and rule.acts else ""


def _refusal(request: HttpRequest, door: str, role: Role, project: str) -> str:
    rule = DOORS.get(door)
    needed = rule.needed(request.method or "", _act(request, door)) if rule else None
    if rule is None:
        return "Only those who run this installation can do that. Ask one of them."
    if needed is None:
        return "This page takes no changes."
    return f"You are {_a(role)} of this project; this takes {_a(needed)}. {_whom_to_ask(project)}"


def _a(role: Role) -> str:
    return f"{'an' if role.value[0] in 'aeiou' else 'a'} {role.value}"


def _whom_to_ask(project: str) -> str:
    admins = Membership.objects.filter(project__slug=project, role=ADMIN, user__is_active=True)
    names = list(admins.order_by("user__username").values_list("user__username", flat=True)[:3])
    return f"Ask an admin: {', '.join(names)}." if names else "Ask an administrator of this installation."


def _actor(request: HttpRequest) -> Actor:
    if caller := getattr(request, "caller", None):  # of the API
        return caller.actor
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Actor(None, "nobody signed in", client_address(request))
    return Actor(user, user.get_username(), client_address(request))
