"""`/api/3/annotations`: moments and stretches of time, in categories."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from events.annotations.api.fields import MOST_BYTES, as_refusal, category_named, door, given_fields, moment, shown
from events.annotations.models import Annotation
from events.annotations.rules import InvalidAnnotation, delete_annotation, save_annotation
from events.api.door import body_of
from events.api.errors import Refused, answer
from events.models import Project

SOURCE = "API"
MOST_LISTED = 10_000


@door("GET", "POST")
def annotations(request: WSGIRequest, project: Project) -> HttpResponse:
    """The project's, by `category` or `chart_id`, between `start` and `end`; or one more."""
    if request.method == "POST":
        given = given_fields(project, body_of(request, MOST_BYTES))
        return answer({"data": shown(_saved(project, given))})
    found = Annotation.objects.filter(project=project).select_related("category").order_by("start", "pk")
    query = request.GET
    if query.get("category"):
        found = found.filter(category=category_named(project, query["category"]))
    elif query.get("chart_id"):  # those of all charts are shown on it too
        found = found.filter(chart_id__in=["", query["chart_id"]])
    if query.get("start"):
        found = found.filter(start__gte=moment("start", query["start"]))
    if query.get("end"):
        until = moment("end", query["end"])
        found = found.filter(start__lt=until).exclude(end__gte=until)
    return answer({"data": [shown(one) for one in found[:MOST_LISTED]]})


@door("GET", "PUT", "DELETE")
def annotation(request: WSGIRequest, project: Project, annotation: str) -> HttpResponse:
    """One; PUT changes what it names and leaves the rest."""
    found = annotation_of(project, annotation)
    if request.method == "DELETE":
        delete_annotation(found)
        return answer({"success": True})
    if request.method == "PUT":
        found = _saved(project, given_fields(project, body_of(request, MOST_BYTES)), found)
    return answer({"data": shown(found)})


def annotation_of(project: Project, pk: str) -> Annotation:
    """Raises Refused (404)."""
    found = Annotation.objects.filter(project=project, pk=int(pk)).select_related("category", "project").first()
    if found is None:
        raise Refused(
            404, "not_found", f"There is no annotation {pk} in this project. GET /api/3/annotations lists them."
        )
    return found


def _saved(project: Project, given: dict[str, Any], existing: Annotation | None = None) -> Annotation:
    try:
        return save_annotation(project, given, existing, source=SOURCE)
    except InvalidAnnotation as error:
        raise as_refusal(error) from None
