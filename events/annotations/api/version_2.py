"""`/api/2/annotations`: single days, as older scripts make them, by query, form or JSON."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from events.annotations.api.fields import MOST_BYTES, as_refusal, day, door, shown_by_day
from events.annotations.api.version_3 import MOST_LISTED, SOURCE, annotation_of
from events.annotations.models import Annotation
from events.annotations.rules import InvalidAnnotation, save_annotation
from events.api.door import body_of
from events.api.errors import Refused, answer, bad_request
from events.dialects.body import BodyRefused, read_body
from events.dialects.form import BadForm, read_form
from events.models import Project
from events.query import is_number


@door("GET", "POST")
def annotations(request: WSGIRequest, project: Project) -> HttpResponse:
    """All of the project, the one of `id`, or one more: `date`, `label`, `details`, `chart_id`; `app_id` is the
    project's number and may be left out."""
    if request.method == "POST":
        return _make(project, _fields(request))
    if wanted := request.GET.get("id"):
        if not is_number(wanted):
            raise bad_request("id is no number.")
        return answer({"data": [shown_by_day(annotation_of(project, wanted))]})
    found = Annotation.objects.filter(project=project).select_related("project").order_by("start", "pk")
    return answer({"data": [shown_by_day(one) for one in found[:MOST_LISTED]]})


@door("GET")
def annotation(request: WSGIRequest, project: Project, annotation: str) -> HttpResponse:
    return answer({"annotation": shown_by_day(annotation_of(project, annotation)), "success": True})


def _make(project: Project, fields: dict[str, Any]) -> HttpResponse:
    app = fields.get("app_id")
    if app not in (None, "") and str(app) != str(project.pk):
        raise bad_request(f"app_id is {str(app)[:20]}; the project of these keys is {project.pk}.")
    given = {name: fields[name] for name in ("label", "details", "chart_id") if fields.get(name)}
    try:
        made = save_annotation(project, given | {"start": day(project, fields.get("date"))}, source=SOURCE)
    except InvalidAnnotation as error:
        raise as_refusal(error) from None
    return answer({"annotation": shown_by_day(made), "success": True})


def _fields(request: WSGIRequest) -> dict[str, Any]:
    """Those of the body go before those of the address."""
    fields: dict[str, Any] = request.GET.dict()
    if request.content_type == "application/json":
        return fields | body_of(request, MOST_BYTES)
    try:
        return fields | read_form(request, read_body(request, MOST_BYTES)).dict()
    except BodyRefused as error:
        raise Refused(error.status, "invalid_request", f"{error}.") from None
    except BadForm as error:
        raise bad_request(f"The form cannot be read: {error}.") from None
