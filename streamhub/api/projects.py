"""/projects: the token's project, its settings, and what it holds as a file."""

from pathlib import PurePath
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from delivery.removal import mark_project
from events.checking import Problem
from events.models import Project
from events.roles import Role
from streamhub.api.answers import answer, moment, nothing, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of, raw_of
from streamhub.api.problems import Refused, invalid
from streamhub.api_tokens import days_left, make_token
from streamhub.declaration import Declaration, DeclarationError
from streamhub.project_settings import MayNotCreate, change, create, describe
from streamhub.projects import dump_project, import_destinations
from streamhub.scopes import NEW_PROJECTS

router = Resource()


class RetentionIn(Schema):
    """Days, 1 to 3,650. Bodies no longer than deliveries, deliveries no longer than events."""

    events: int | None = None
    deliveries: int | None = None
    bodies: int | None = None


class ProjectIn(Schema):
    """What is left out stays. `time_zone`: an IANA name such as Europe/Warsaw. `most_events_per_second`: beyond it
    requests are answered 429; 0 for no limit."""

    name: str | None = None
    time_zone: str | None = None
    retention: RetentionIn | None = None
    most_events_per_second: int | None = None


class RetentionOut(Schema):
    events: int
    deliveries: int
    bodies: int


class ProjectOut(Schema):
    slug: str
    name: str
    time_zone: str
    retention: RetentionOut
    most_events_per_second: int
    write_key: str
    secret_key_ends_in: str
    created_at: str


class NewProjectIn(ProjectIn):
    """What is left out takes its default. `time_zone`: an IANA name such as Europe/Warsaw."""

    name: str


class NewProjectOut(ProjectOut):
    """`token`: an admin's for the new project, shown this once, with name, scopes and end of the one that asks."""

    token: str


class ProjectsOut(Schema):
    data: list[ProjectOut]
    next: str | None


class ConfigurationOut(Schema):
    """As `manage.py dump` writes it and `apply` takes it; secrets are null."""

    projects: list[dict[str, Any]]


class ConfigurationIn(Schema):
    """`destinations`, or `projects` with one project, as `manage.py dump` writes them. What is not named stays."""

    destinations: list[dict[str, Any]] | None = None
    projects: list[dict[str, Any]] | None = None


class ImportedOut(Schema):
    """Name of each destination: created, changed or unchanged."""

    destinations: dict[str, str]


class ConfirmQuery(Schema):
    """The name of what is to be deleted, so that a wrong address deletes nothing."""

    confirm: str


@router.door("GET", "/projects", "overview", "project:read", gives=ProjectsOut)
def list_projects(request: HttpRequest) -> HttpResponse:
    """The project that the token belongs to."""
    return answer({"data": [shown(caller_of(request).project)], "next": None})


@router.door(
    "POST", "/projects", "tokens", f"{NEW_PROJECTS}:write", takes=NewProjectIn, gives=NewProjectOut, status=201
)
def make_project(request: WSGIRequest) -> HttpResponse:
    """Make another project. Whoever made the token must be one who may, and becomes its first admin."""
    given, token = _settings(body_of(request)), caller_of(request).token
    by = token.created_by
    if by is None:
        raise Refused(403, "role", "Whoever made this token is gone. Make another one.")
    try:
        with transaction.atomic():
            made = create(given, by)
            text = make_token(
                made, name=token.name, role=Role.ADMIN, scopes=token.scopes, days=days_left(token), by=by
            )[1]
    except MayNotCreate as error:
        raise Refused(403, "role", str(error)) from None
    return answer(shown(made) | {"token": text}, 201)


@router.door("GET", "/projects/{project}", "overview", "project:read", gives=ProjectOut)
def get_project(request: HttpRequest, project: str) -> HttpResponse:
    """A project's settings."""
    return versioned(request, shown(caller_of(request).project))


@router.door("PUT", "/projects/{project}", "project", "project:write", takes=ProjectIn, gives=ProjectOut)
def put_project(request: WSGIRequest, project: str) -> HttpResponse:
    """Change a project's settings."""
    found = caller_of(request).project
    refuse_stale(request, shown(found))
    change(found, _settings(body_of(request)))
    return versioned(request, shown(found))


@router.door("DELETE", "/projects/{project}", "project_delete", "project:write", status=204)
def delete_project(request: HttpRequest, project: str, query: Query[ConfirmQuery]) -> HttpResponse:
    """Delete the project and all it holds; the token ends with it."""
    found = caller_of(request).project
    refuse_unconfirmed(query.confirm, found.name)
    mark_project(found)
    return nothing()


@router.door("GET", "/projects/{project}/configuration", "destinations", "project:read", gives=ConfigurationOut)
def get_configuration(request: HttpRequest, project: str) -> HttpResponse:
    """Everything that was set, as a file for `apply`."""
    return answer({"projects": [dump_project(caller_of(request).project)]})


@router.door(
    "POST",
    "/projects/{project}/configuration",
    "destinations_import",
    "destinations:write",
    takes=ConfigurationIn,
    gives=ImportedOut,
)
def import_configuration(request: WSGIRequest, project: str) -> HttpResponse:
    """Make or replace destinations, all of them or none."""
    body_of(request)  # refuses what is no JSON object
    try:
        declaration = Declaration.of(PurePath("body.json"), raw_of(request))
        return answer({"destinations": import_destinations(caller_of(request).project, declaration)})
    except DeclarationError as error:
        raise invalid(Problem("", line.removeprefix("body.json:")) for line in error.lines) from None


def shown(project: Project) -> dict[str, Any]:
    return {
        "slug": project.slug,
        **describe(project),
        "write_key": project.api_key,
        "secret_key_ends_in": project.secret_key_end,
        "created_at": moment(project.created_at),
    }


def refuse_unconfirmed(given: str, name: str) -> None:
    if given.strip() != name:
        raise invalid([Problem("confirm", "Nothing was deleted: this is not its name.")])


def _settings(body: dict[str, Any]) -> dict[str, Any]:
    """Without what an answer holds besides."""
    return {key: value for key, value in body.items() if key not in READ_ONLY}


READ_ONLY = ("slug", "write_key", "secret_key_ends_in", "created_at")
