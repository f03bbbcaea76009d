"""/annotations: what happened when, as marks on the charts."""

from datetime import datetime
from typing import Annotated, Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from events.annotations.models import Annotation
from events.annotations.rules import FIELDS, TEXTS, delete_annotation, save_annotation, save_category
from events.checking import Problem
from streamhub.api.answers import PageQuery, aware, moment, nothing, number_of, page, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.monitors import READ, WRITE
from streamhub.api.problems import invalid, not_found

router = Resource()
ALL = "/projects/{project}/annotations"
ONE = f"{ALL}/{{int:annotation}}"


class AnnotationIn(Schema):
    """`start`, `end`: ISO 8601, UTC without an offset; `end` null for a single moment. `category` is made where it is
    new."""

    label: str
    start: str
    end: str | None = None
    details: str = ""
    category: str | None = None
    chart_id: str = ""


class AnnotationOut(Schema):
    id: int
    label: str
    start: str
    end: str | None
    details: str
    category: str | None
    chart_id: str
    author: str
    source: str


class AnnotationsOut(Schema):
    data: list[AnnotationOut]
    next: str | None


class AnnotationsQuery(PageQuery):
    """Of a category by name; that begin within a time."""

    category: Annotated[str, Field(max_length=100)] = ""
    since: datetime | None = None
    until: datetime | None = None


@router.door("GET", ALL, "annotations", READ, gives=AnnotationsOut)
def list_annotations(request: HttpRequest, project: str, query: Query[AnnotationsQuery]) -> HttpResponse:
    """Annotations, the newest written first."""
    rows = Annotation.objects.filter(project=caller_of(request).project).select_related("category").order_by("-pk")
    if query.category:
        rows = rows.filter(category__name=query.category)
    if since := aware(query.since):
        rows = rows.filter(start__gte=since)
    if until := aware(query.until):
        rows = rows.filter(start__lt=until)
    if before := number_of(query.cursor):
        rows = rows.filter(pk__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("POST", ALL, "annotation_new", WRITE, takes=AnnotationIn, gives=AnnotationOut, status=201)
def add_annotation(request: WSGIRequest, project: str) -> HttpResponse:
    """Note that something happened."""
    with transaction.atomic():  # a category is made only together with what it is for
        made = save_annotation(caller_of(request).project, _given(request), source="Management API")
    return versioned(request, shown(made), 201)


@router.door("GET", ONE, "annotation", READ, gives=AnnotationOut)
def get_annotation(request: HttpRequest, project: str, annotation: int) -> HttpResponse:
    """One annotation."""
    return versioned(request, shown(_found(request, annotation)))


@router.door("PATCH", ONE, "annotation", WRITE, takes=AnnotationIn, gives=AnnotationOut)
def patch_annotation(request: WSGIRequest, project: str, annotation: int) -> HttpResponse:
    """Change some of it."""
    found = _found(request, annotation)
    refuse_stale(request, shown(found))
    with transaction.atomic():
        changed = save_annotation(found.project, _given(request), found)
    return versioned(request, shown(changed))


@router.door("DELETE", ONE, "annotation_delete", WRITE, status=204)
def remove_annotation(request: HttpRequest, project: str, annotation: int) -> HttpResponse:
    """Delete it."""
    delete_annotation(_found(request, annotation))
    return nothing()


def shown(annotation: Annotation) -> dict[str, Any]:
    return {
        "id": annotation.pk,
        "label": annotation.label,
        "start": moment(annotation.start),
        "end": moment(annotation.end),
        "details": annotation.details,
        "category": annotation.category.name if annotation.category else None,
        "chart_id": annotation.chart_id,
        "author": annotation.author_name,
        "source": annotation.source,
    }


def _found(request: HttpRequest, pk: int) -> Annotation:
    rows = Annotation.objects.filter(project=caller_of(request).project).select_related("project", "category")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("There is no such annotation in this project.")
    return found


def _given(request: WSGIRequest) -> dict[str, Any]:
    """As the rules take it: moments instead of text, a row for the category. Raises Refused."""
    body = {key: value for key, value in body_of(request).items() if key not in ("id", "author", "source")}
    problems = [
        Problem(key, f"“{key}” is not a known key. Known: {', '.join(FIELDS)}.") for key in body if key not in FIELDS
    ]
    problems += [Problem(key, "Write text.") for key in TEXTS if not isinstance(body.get(key, ""), str)]
    for key in ("start", "end"):
        if body.get(key) is not None:
            body[key] = _moment(key, body[key], problems)
    if not isinstance(body.get("category"), str | None):
        problems.append(Problem("category", "Write the name of a category, or null."))
    if problems:
        raise invalid(problems)
    if body.get("category") is not None:
        body["category"] = save_category(caller_of(request).project, body["category"])
    return body


def _moment(key: str, text: Any, problems: list[Problem]) -> datetime | None:
    try:
        return aware(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        problems.append(Problem(key, "Write a time such as 2026-01-15T09:30:00Z."))
        return None
