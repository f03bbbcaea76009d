"""What all addresses of an API have in common: keys instead of a session, limits, refusals in one shape."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from events.api.errors import Refused, as_answer
from events.api.keys import project_of
from events.api.limits import Limits
from events.audit import Actor, acting
from events.client_address import client_address
from events.dialects.body import BodyRefused, read_body
from events.dialects.jsonbody import BadJSON, read_json

View = Callable[..., HttpResponseBase]


def door(*methods: str, limits: Limits, actor: str, limited: bool = True) -> Callable[[View], View]:
    """Makes `view(request, project, ...)` an address of an API. `actor`: what the audit trail calls who uses it.
    `limited`: it counts against the project's limits."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: WSGIRequest, **named: str) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise Refused(405, "method_not_allowed", f"Use {' or '.join(methods)}.")
                project = project_of(request.headers.get("Authorization", ""))
                if limited:
                    limits.count(project.pk)
                with (
                    acting(lambda: Actor(None, actor, client_address(request))),
                    limits.one_of_few(project.pk) if limited else nullcontext(),
                ):
                    return view(request, project, **named)
            except Refused as refused:
                response = as_answer(refused)
            except DatabaseError:
                response = as_answer(
                    Refused(503, "unavailable", "The database does not answer; send this again later.", wait=5)
                )
            if response.status_code == 405:
                response["Allow"] = ", ".join(methods)
            return response

        return csrf_exempt(login_not_required(guarded))

    return decorate


def body_of(request: WSGIRequest, most_bytes: int) -> dict[str, Any]:
    """The request's JSON object. Raises Refused."""
    try:
        value = read_json(read_body(request, most_bytes)).value
    except BodyRefused as error:
        raise Refused(error.status, "invalid_request", f"{error}.") from None
    except BadJSON as error:
        raise Refused(400, "invalid_json", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused(400, "invalid_json", "The body is not a JSON object.")
    return value
