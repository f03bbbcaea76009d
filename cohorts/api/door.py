"""What all addresses of the cohorts API have in common: keys instead of a session, limits, refusals in one shape."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from cohorts.api.errors import Refused, as_answer
from cohorts.api.keys import project_of
from cohorts.api.limits import at_once, count_request
from cohorts.computation import Busy
from cohorts.models import Cohort
from events.audit import Actor, acting
from events.client_address import client_address
from events.dialects.body import BodyRefused, read_body
from events.dialects.jsonbody import BadJSON, read_json
from events.models import Project

View = Callable[..., HttpResponseBase]

MOST_BYTES = 64 * 1024 * 1024  # of a body: 100,000 ids of 512 characters
BUSY = "The cohort is being computed or changed by somebody else this moment. Try again in a few seconds."


def door(method: str, *, limited: bool = True) -> Callable[[View], View]:
    """Makes `view(request, project, ...)` an address of the API. `limited`: it counts against the project's limits."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: WSGIRequest, **named: str) -> HttpResponseBase:
            try:
                if request.method != method:
                    raise Refused(405, "method_not_allowed", f"Use {method}.")
                project = project_of(request.headers.get("Authorization", ""))
                if limited:
                    count_request(project.pk)
                with (
                    acting(lambda: Actor(None, "the cohorts API", client_address(request))),
                    at_once(project.pk) if limited else nullcontext(),
                ):
                    return view(request, project, **named)
            except Refused as refused:
                response = as_answer(refused)
            except Busy:
                response = as_answer(Refused(409, "busy", BUSY, wait=5))
            except DatabaseError:
                response = as_answer(
                    Refused(503, "unavailable", "The database does not answer; send this again later.", wait=5)
                )
            if response.status_code == 405:
                response["Allow"] = method
            return response

        return csrf_exempt(login_not_required(guarded))

    return decorate


def body_of(request: WSGIRequest) -> dict[str, Any]:
    """The request's JSON object. Raises Refused."""
    try:
        value = read_json(read_body(request, MOST_BYTES)).value
    except BodyRefused as error:
        raise Refused(error.status, "invalid_request", f"{error}.") from None
    except BadJSON as error:
        raise Refused(400, "invalid_json", f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise Refused(400, "invalid_json", "The body is not a JSON object.")
    return value


def cohort_of(project: Project, named: Any) -> Cohort:
    """Raises Refused (404)."""
    found = Cohort.objects.filter(project=project, public_id=named).first() if _may_be_id(named) else None
    if found is None:
        shown = str(named)[:60]
        raise Refused(404, "not_found", f"There is no cohort “{shown}” in this project. GET /api/3/cohorts lists them.")
    return found


def _may_be_id(named: Any) -> bool:
    return isinstance(named, str) and named.isascii() and named.isalnum()
