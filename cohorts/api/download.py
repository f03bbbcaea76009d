"""The members as a file, in three steps: asked for, ready, read.

The file is made while it is read, from the members as they are then; nothing is stored but that it was asked for.
"""

from datetime import timedelta
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.timezone import now

from cohorts.api.door import LIMITS, cohort_of, door
from cohorts.api.member_file import lines
from cohorts.models import Cohort, Download, Kind
from cohorts.soon import compute_when_free
from events.api.errors import Refused, answer, bad_request
from events.models import Project

VALID = timedelta(days=7)
FILES_AT_ONCE = 5
MONTH, MOST_A_MONTH = timedelta(days=30), 500
MOST_PROPERTIES, MOST_NAME = 200, 1_024
IN_PROGRESS, COMPLETED = "JOB INPROGRESS", "JOB COMPLETED"


@door("GET")
def ask(request: WSGIRequest, project: Project, cohort: str) -> HttpResponse:
    """A cohort that was never computed is computed first."""
    found = cohort_of(project, cohort)
    properties = _properties(request)
    with transaction.atomic():
        lately = Download.objects.filter(cohort__project=project, created_at__gt=now() - MONTH)
        if lately.count() >= MOST_A_MONTH:
            raise Refused(429, "too_many_requests", f"More than {MOST_A_MONTH} downloads in 30 days. Wait a day.")
        made = Download.objects.create(cohort=found, properties=properties)
        if _is_new(found):
            compute_when_free(found)
    return answer({"request_id": made.token, "cohort_id": found.public_id}, 202)


@door("GET", limited=False)
def status(request: WSGIRequest, project: Project, token: str) -> HttpResponse:
    made = _download(project, token)
    ready = not _is_new(made.cohort)
    told = {"request_id": made.token, "cohort_id": made.cohort.public_id}
    return answer(told | {"async_status": COMPLETED if ready else IN_PROGRESS}, 200 if ready else 202)


@door("GET", limited=False)
def file(request: WSGIRequest, project: Project, token: str) -> StreamingHttpResponse:
    made = _download(project, token)
    if _is_new(made.cohort):
        raise Refused(409, "not_ready", "The cohort is being computed for the first time. Ask for the status.", wait=5)
    place = LIMITS.place(project.pk, "downloads", FILES_AT_ONCE)
    place.take()
    response = StreamingHttpResponse(lines(made.cohort, made.properties, place), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{made.cohort.public_id}.csv"'
    return response


def _properties(request: WSGIRequest) -> list[str] | None:
    """The columns: none unless `props=1`; then those that `propKeys` names, or all there are (None)."""
    if request.GET.get("props") != "1":
        return []
    names = list(dict.fromkeys(request.GET.getlist("propKeys")))
    if len(names) > MOST_PROPERTIES or any(not name or len(name) > MOST_NAME or "\0" in name for name in names):
        raise bad_request(f"propKeys names at most {MOST_PROPERTIES} properties, of 1 to {MOST_NAME:,} characters.")
    return names or None


def _download(project: Project, token: str) -> Download:
    found = Download.objects.filter(cohort__project=project, cohort__removed_at=None, token=token)
    made: Any = found.filter(created_at__gt=now() - VALID).select_related("cohort").first()
    if made is None:
        raise Refused(
            404, "not_found", f"There is no such request; each is valid for {VALID.days} days. Make a new one."
        )
    return made


def _is_new(cohort: Cohort) -> bool:
    return cohort.kind == Kind.DEFINED and cohort.computed_at is None
