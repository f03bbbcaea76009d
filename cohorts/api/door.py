"""What all addresses of the cohorts API have in common: its limits, and a cohort that somebody else is at."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponseBase

from cohorts.computation import Busy
from cohorts.models import Cohort
from events.api import door as api
from events.api.errors import Refused
from events.api.limits import Limits
from events.models import Project

LIMITS = Limits("cohort-api")
MOST_BYTES = 64 * 1024 * 1024  # of a body: 100,000 ids of 512 characters
BUSY = "The cohort is being computed or changed by somebody else this moment. Try again in a few seconds."


def door(method: str, *, limited: bool = True) -> Callable[[api.View], api.View]:
    """Makes `view(request, project, ...)` an address of the API. `limited`: it counts against the project's limits."""

    def decorate(view: api.View) -> api.View:
        @wraps(view)
        def unless_busy(request: WSGIRequest, project: Project, **named: str) -> HttpResponseBase:
            try:
                return view(request, project, **named)
            except Busy:
                raise Refused(409, "busy", BUSY, wait=5) from None

        return api.door(method, limits=LIMITS, actor="the cohorts API", limited=limited)(unless_busy)

    return decorate


def body_of(request: WSGIRequest) -> dict[str, Any]:
    """The request's JSON object. Raises Refused."""
    return api.body_of(request, MOST_BYTES)


def cohort_of(project: Project, named: Any) -> Cohort:
    """Raises Refused (404)."""
    found = Cohort.objects.filter(project=project, public_id=named).first() if _may_be_id(named) else None
    if found is None:
        shown = str(named)[:60]
        raise Refused(404, "not_found", f"There is no cohort “{shown}” in this project. GET /api/3/cohorts lists them.")
    return found


def _may_be_id(named: Any) -> bool:
    return isinstance(named, str) and named.isascii() and named.isalnum()
