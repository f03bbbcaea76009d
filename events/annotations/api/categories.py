"""`/api/3/annotation-categories`: what annotations are sorted by."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from events.annotations.api.fields import MOST_BYTES, as_refusal, category_named, door, shown, shown_category
from events.annotations.models import Annotation, AnnotationCategory
from events.annotations.rules import InvalidAnnotation, delete_category, save_annotation, save_category
from events.api.door import body_of
from events.api.errors import Refused, answer, bad_request
from events.models import Project

MOST_AT_ONCE = 1_000


@door("GET", "POST")
def categories(request: WSGIRequest, project: Project) -> HttpResponse:
    """All of them, the one of the name `category`, or one more."""
    if request.method == "POST":
        name = body_of(request, MOST_BYTES).get("category")
        if isinstance(name, str) and project.annotation_categories.filter(name=name.strip()).exists():
            raise Refused(409, "conflict", f"There is a category “{name.strip()[:60]}” already.")
        return answer({"data": shown_category(_saved(project, name))})
    if name := request.GET.get("category"):
        return answer({"data": [shown_category(category_named(project, name))]})
    return answer({"data": [shown_category(one) for one in project.annotation_categories.all()]})


@door("GET", "PUT", "DELETE")
def category(request: WSGIRequest, project: Project, category: str) -> HttpResponse:
    found = _category_of(project, category)
    if request.method == "DELETE":
        delete_category(found)
        return answer({"success": True})
    if request.method == "PUT":
        name = body_of(request, MOST_BYTES).get("category")
        others = project.annotation_categories.exclude(pk=found.pk)
        if isinstance(name, str) and others.filter(name=name.strip()).exists():
            raise Refused(409, "conflict", f"There is a category “{name.strip()[:60]}” already.")
        found = _saved(project, name, found)
    return answer({"data": shown_category(found)})


@door("PUT")
def bulk(request: WSGIRequest, project: Project, category: str) -> HttpResponse:
    """Gives several annotations (`annotation_ids`) this category."""
    found, wanted = _category_of(project, category), body_of(request, MOST_BYTES).get("annotation_ids")
    if not isinstance(wanted, list) or len(wanted) > MOST_AT_ONCE or not all(type(one) is int for one in wanted):
        raise bad_request(f"annotation_ids is not a list of at most {MOST_AT_ONCE:,} numbers.")
    rows = Annotation.objects.filter(project=project).select_related("category").in_bulk(set(wanted))
    if unknown := [one for one in wanted if one not in rows]:
        raise bad_request(f"There is no annotation {unknown[0]} in this project.", annotation_ids=unknown)
    return answer({"data": [shown(save_annotation(project, {"category": found}, rows[one])) for one in wanted]})


def _category_of(project: Project, pk: str) -> AnnotationCategory:
    found = project.annotation_categories.filter(pk=int(pk)).first()
    if found is None:
        raise Refused(404, "not_found", f"There is no category {pk}. GET /api/3/annotation-categories lists them.")
    return found


def _saved(project: Project, name: Any, existing: AnnotationCategory | None = None) -> AnnotationCategory:
    try:
        return save_category(project, name, existing)
    except InvalidAnnotation as error:
        raise as_refusal(error) from None
