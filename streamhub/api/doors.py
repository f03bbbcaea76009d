"""Who may call what. Each operation names the door of the page where people do the same: streamhub/permissions.py says
for both which role it takes. A token's scopes may narrow that down."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import IntegrityError
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import HttpBearer

from events.accounts import AccountRefused
from events.audit import Actor
from events.checking import Invalid
from events.client_address import client_address
from events.dialects.body import BodyRefused, read_body
from events.dialects.jsonbody import BadJSON, clean, read_json
from events.membership import MembershipRefused
from events.models import Project
from events.rate_window import seconds_to_wait
from events.roles import Role
from streamhub.api.problems import HOW_TO_ASK, ProblemOut, Refused, not_found
from streamhub.api_tokens import note_use, token_of
from streamhub.models import ApiToken
from streamhub.permissions import DOORS, allows
from streamhub.scopes import READ, covers

MOST_BYTES = 8 * 1024 * 1024
SECONDS, MOST_REQUESTS = 60, 600  # of one token
MOST_WRONG = 60  # tokens from one address within as many seconds
READING = ("GET", "HEAD")
TAKEN: tuple[type[Exception], ...] = (IntegrityError, AccountRefused, MembershipRefused, Invalid)
Operation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is; `request.auth` of every operation."""

    token: ApiToken
    address: str | None

    @property
    def project(self) -> Project:
        return self.token.project

    @property
    def actor(self) -> Actor:
        """For the audit trail."""
        return Actor(None, f"token “{self.token.name}” …{self.token.end}", self.address)

    def must(self, door: str, scope: str, act: str = "", method: str = "POST") -> None:
        """Raises Refused (403)."""
        if not covers(self.token.scopes, scope):
            raise Refused(403, "scope", f"This token does not have the scope {scope}. Make one that has.")
        if not allows(Role(self.token.role), door, method, act):
            needed = DOORS[door].needed(method, act)
            words = f"This token is a {self.token.role}’s; this takes {needed.value if needed else 'more'} or above."
            raise Refused(403, "role", words)


class Needs(HttpBearer):
    """Lets a token in that is of the project in the path, of the door's role and of the scope."""

    def __init__(self, door: str, scope: str, act: str = "", method: str = "POST") -> None:
        super().__init__()
        self.door, self.scope, self.act, self.method = door, scope, act, method

    @property
    def role(self) -> Role:
        needed = DOORS[self.door].needed(self.method, self.act)
        assert needed, f"{self.door} takes no {self.method}"
        return needed

    def __call__(self, request: HttpRequest) -> Caller:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, text.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        address = client_address(request)
        found = token_of(token)
        if found is None:
            raise _unknown(token, address)
        if wait := seconds_to_wait(f"api:{found.pk}", MOST_REQUESTS, SECONDS):
            raise Refused(429, "rate", f"More than {MOST_REQUESTS} requests in a minute.", wait=wait)
        note_use(found, address)
        caller = request.caller = Caller(found, address)  # type: ignore[attr-defined]
        _refuse_unstorable(request)
        named = request.resolver_match.kwargs.get("project") if request.resolver_match else None
        if named not in (None, found.project.slug):
            raise not_found(f"This token is of the project “{found.project.slug}”. Write that in the path.")
        caller.must(self.door, self.scope, self.act, self.method)
        return caller


def _unknown(token: str, address: str | None) -> Refused:
    if token and (wait := seconds_to_wait(f"api-wrong:{address}", MOST_WRONG, SECONDS)):
        return Refused(429, "rate", "Too many wrong tokens from this address.", wait=wait)
    words = "This token is wrong, revoked or expired. Admins make new ones under Project settings."
    return Refused(401, "unauthorized", words if token else HOW_TO_ASK)


def _refuse_unstorable(request: HttpRequest) -> None:
    """What no database row can hold is found nowhere."""
    named = request.resolver_match.kwargs.values() if request.resolver_match else ()
    given = [value for values in request.GET.lists() for value in (values[0], *values[1])]
    if any("\0" in text for text in (*map(str, named), *given)):
        raise Refused(400, "malformed", "The address holds a NUL character.")


def caller_of(request: HttpRequest) -> Caller:
    return request.caller  # type: ignore[attr-defined]


def raw_of(request: WSGIRequest) -> bytes:
    """The body's bytes, read once. Raises Refused."""
    if not hasattr(request, "raw_body"):
        try:
            request.raw_body = read_body(request, MOST_BYTES)  # type: ignore[attr-defined]
        except BodyRefused as error:
            raise Refused(error.status, "malformed", f"{error}.") from None
    return request.raw_body  # type: ignore[attr-defined]


def body_of(request: WSGIRequest, *, required: bool = True) -> dict[str, Any]:
    """The request's JSON object, bounded and storable; {} for an empty body that may be. Raises Refused."""
    raw = raw_of(request)
    if not raw and not required:
        return {}
    try:
        document = read_json(raw)
    except BadJSON as error:
        raise Refused(400, "malformed", f"The body is not JSON: {error}.") from None
    if not isinstance(document.value, dict):
        raise Refused(400, "malformed", "The body is not a JSON object.")
    if document.unclean and clean(document.value)[1]:
        raise Refused(400, "malformed", "The body holds a NUL character or half a character. Take it out.")
    return document.value


class Resource(Router):
    """A router whose operations are doors."""

    def door(
        self,
        method: str,
        path: str,
        door: str,
        scope: str,
        *,
        act: str = "",
        as_page: str = "",
        takes: type[Schema] | None = None,
        gives: Any = None,
        status: int = 200,
        conflicts: bool = False,
    ) -> Any:
        """Adds an operation. `as_page`: GET where the page is only looked at, though this is sent. `takes` and `gives`
        describe the bodies; what is taken is checked by the operation that pages and files use as well."""
        page_method = as_page or ("GET" if method in READING else "POST")
        needs = Needs(door, scope, act, page_method)
        extra: dict[str, Any] = {"x-role": needs.role.value, "x-scope": scope}
        if takes is not None:
            schema = takes.json_schema()
            extra["requestBody"] = {"content": {"application/json": {"schema": schema}}, "required": True}
        refusals = {401, 403, 404, 429} | ({400, 422} if takes else set()) | ({409} if conflicts else set())
        add = self.api_operation(
            [method],
            path,
            auth=needs,
            response={status: gives, **dict.fromkeys(sorted(refusals), ProblemOut)},
            openapi_extra=extra,
            tags=[scope.partition(":")[0]],
        )
        return (lambda operation: add(looks_again(operation))) if method == "PUT" else add


def looks_again(operation: Operation) -> Operation:
    """Of two who make the same thing at once, the second looks before the first has saved, and is refused when it saves
    itself: by the database, or because the name is taken by then. Looking again, it finds the thing and replaces it."""

    @wraps(operation)
    def twice(*args: Any, **kwargs: Any) -> Any:
        try:
            return operation(*args, **kwargs)
        except TAKEN:
            return operation(*args, **kwargs)

    return twice


__all__ = ["READ", "Caller", "Needs", "Resource", "body_of", "caller_of"]
