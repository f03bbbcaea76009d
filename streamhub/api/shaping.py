"""What a destination makes of an event: its transformation, template with versions, filter, mappings and samples, each
as a resource of its own."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from destinations.models import PayloadMode, Sample, TemplateVersion
from destinations.samples import BadSample, keep_sample
from events.checking import Problem
from events.jsontext import dumps
from streamhub.api.answers import PageQuery, answer, moment, nothing, versioned
from streamhub.api.destinations import ONE, READ, WRITE, DestinationOut, change_part
from streamhub.api.doors import Resource, body_of
from streamhub.api.finding import destination_named
from streamhub.api.problems import invalid, not_found
from streamhub.api.versions import numbered, versions_page

router = Resource()


class PayloadIn(Schema):
    """`mode`: raw (the original event) or template. `language`: freemarker or jinja2."""

    mode: str
    language: str | None = None
    template: str | None = None


class VersionOut(Schema):
    number: int
    mode: str
    language: str
    template: str
    created_at: str
    created_by: str | None


class VersionsOut(Schema):
    data: list[VersionOut]
    next: str | None


class TransformedVersionOut(Schema):
    """`transformation`: as it is set; {} for none."""

    number: int
    transformation: dict[str, Any]
    created_at: str
    created_by: str | None


class TransformedVersionsOut(Schema):
    data: list[TransformedVersionOut]
    next: str | None


class FilterIn(Schema):
    """docs/filters.md is the language."""

    topics: list[str] | None = None
    event_types: list[str] | None = None
    conditions: list[Any] | None = None


class MappingsIn(Schema):
    """As the file format has it."""


class TransformationIn(Schema):
    """`steps`, or a template and its `language`; {} for none. docs/transformations.md tells of both."""

    steps: list[Any] | None = None
    language: str | None = None
    template: str | None = None


class SampleIn(Schema):
    """`data`: an event's own fields."""

    data: dict[str, Any]


class SampleOut(Schema):
    name: str
    data: dict[str, Any]
    created_at: str


class SamplesOut(Schema):
    data: list[SampleOut]
    next: str | None


@router.door("PUT", f"{ONE}/template", "destination_payload", WRITE, takes=PayloadIn, gives=DestinationOut)
def put_template(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the payload template; each change is a new version."""
    return change_part(request, destination, {"payload": body_of(request)})


@router.door("GET", f"{ONE}/template/versions", "destination_payload", READ, gives=VersionsOut)
def list_template_versions(
    request: HttpRequest, project: str, destination: str, query: Query[PageQuery]
) -> HttpResponse:
    """Every payload the destination has had, newest first."""
    return versions_page(query, destination_named(request, destination).template_versions.all(), _payload)


@router.door("GET", f"{ONE}/template/versions/{{int:number}}", "destination_payload", READ, gives=VersionOut)
def get_template_version(request: HttpRequest, project: str, destination: str, number: int) -> HttpResponse:
    """One version."""
    version = _numbered(request, destination, number)
    return versioned(request, numbered(version, _payload(version)))


@router.door("POST", f"{ONE}/template/versions/{{int:number}}/use", "destination_payload", WRITE, gives=DestinationOut)
def use_template_version(request: HttpRequest, project: str, destination: str, number: int) -> HttpResponse:
    """Take a version up again, as a new one."""
    old = _numbered(request, destination, number)
    payload: dict[str, Any] = {"mode": old.mode, "language": old.language}
    if old.mode == PayloadMode.TEMPLATE:
        payload["template"] = old.source
    return change_part(request, destination, {"payload": payload})


@router.door("PUT", f"{ONE}/filter", "destination_filter", WRITE, takes=FilterIn, gives=DestinationOut)
def put_filter(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the filter; {} lets everything pass."""
    return change_part(request, destination, {"filter": body_of(request)})


@router.door("PUT", f"{ONE}/mappings", "destination_mappings", WRITE, takes=MappingsIn, gives=DestinationOut)
def put_mappings(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace the mappings; {} forwards every property."""
    return change_part(request, destination, {"mappings": body_of(request)})


@router.door(
    "PUT", f"{ONE}/transformation", "destination_transformation", WRITE, takes=TransformationIn, gives=DestinationOut
)
def put_transformation(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace what is made of events before filter and template see them; {} for nothing."""
    return change_part(request, destination, {"transformation": body_of(request)})


@router.door("GET", f"{ONE}/transformation/versions", "destination_transformation", READ, gives=TransformedVersionsOut)
def list_transformation_versions(
    request: HttpRequest, project: str, destination: str, query: Query[PageQuery]
) -> HttpResponse:
    """Every transformation the destination has had, newest first."""
    versions = destination_named(request, destination).transformation_versions.all()
    return versions_page(query, versions, lambda version: {"transformation": version.transformation})


@router.door(
    "POST",
    f"{ONE}/transformation/versions/{{int:number}}/use",
    "destination_transformation",
    WRITE,
    gives=DestinationOut,
)
def use_transformation_version(request: HttpRequest, project: str, destination: str, number: int) -> HttpResponse:
    """Take a version up again, as a new one."""
    found = destination_named(request, destination).transformation_versions.filter(number=number).first()
    if found is None:
        raise not_found(f"This destination has no version {number} of its transformation.")
    return change_part(request, destination, {"transformation": found.transformation})


# -- events kept to try things on -------------------------------------------------------------------------------------
@router.door("GET", f"{ONE}/samples", "destination_payload", READ, gives=SamplesOut)
def list_samples(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Events that were kept to try templates on, by name."""
    rows = destination_named(request, destination).samples.order_by("name")
    return answer({"data": [_sample(row) for row in rows], "next": None})


@router.door("PUT", f"{ONE}/samples/{{sample}}", "destination_samples", WRITE, takes=SampleIn, gives=SampleOut)
def put_sample(request: WSGIRequest, project: str, destination: str, sample: str) -> HttpResponse:
    """Keep an event under a name; one of that name is replaced."""
    data = body_of(request).get("data")
    with transaction.atomic():
        found = destination_named(request, destination, for_update=True)
        if not isinstance(data, dict):
            raise invalid([Problem("data", "Write an object: the event’s fields.")])
        known = found.samples.filter(name=sample.strip()).exists()
        try:
            kept = keep_sample(found, sample, dumps(data))
        except BadSample as error:
            raise invalid([Problem("", str(error))]) from None
    return versioned(request, _sample(kept), 200 if known else 201)


@router.door("DELETE", f"{ONE}/samples/{{sample}}", "destination_samples", WRITE, status=204)
def delete_sample(request: HttpRequest, project: str, destination: str, sample: str) -> HttpResponse:
    """Delete a kept event."""
    rows = destination_named(request, destination).samples.filter(name=sample)
    if not rows.delete()[0]:
        raise not_found(f"There is no sample “{sample[:60]}”.")
    return nothing()


def _sample(sample: Sample) -> dict[str, Any]:
    return {"name": sample.name, "data": sample.data, "created_at": moment(sample.created_at)}


def _numbered(request: HttpRequest, destination: str, number: int) -> TemplateVersion:
    rows = destination_named(request, destination).template_versions.select_related("created_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise not_found(f"This destination has no template version {number}.")
    return found


def _payload(version: TemplateVersion) -> dict[str, Any]:
    return {"mode": version.mode, "language": version.language, "template": version.source}
