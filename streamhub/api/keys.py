"""/write-key and /secret-key: what events and the cohorts API are sent with, replaced."""

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from events import write_keys
from events.checking import Problem
from events.models import Project
from streamhub.api.answers import answer, moment, nothing
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.problems import Refused, invalid
from streamhub.api.secrets import overlap_of
from streamhub.project_settings import renew_secret_key

router = Resource()
WRITE = "project:write"
KEY = "/projects/{project}/write-key"


class OverlapIn(Schema):
    """`overlap_hours`: so long the present key goes on, 0 to 720; left out, 24."""

    overlap_hours: float | None = None


class WriteKeyOut(Schema):
    """`old_write_key` works until `old_write_key_until`; null where there is none. `…_used_at` is to 30 seconds."""

    write_key: str
    write_key_used_at: str | None
    old_write_key: str | None
    old_write_key_until: str | None
    old_write_key_used_at: str | None


class SecretKeyOut(Schema):
    """Shown this once: only its hash is kept."""

    secret_key: str


@router.door("GET", KEY, "overview", "project:read", gives=WriteKeyOut)
def get_write_key(request: HttpRequest, project: str) -> HttpResponse:
    """The write key, and the one before while it works."""
    return answer(_shown(caller_of(request).project))


@router.door("POST", KEY, "project_write_key", WRITE, takes=OverlapIn, gives=WriteKeyOut)
def replace_write_key(request: WSGIRequest, project: str) -> HttpResponse:
    """Make a new write key; the present one goes on for some hours."""
    owner = caller_of(request).project
    hours = overlap_of(body_of(request, required=False), write_keys.OVERLAP_HOURS[0])
    try:
        write_keys.renew(owner, hours)
    except write_keys.BadOverlap as error:
        raise invalid([Problem("overlap_hours", str(error))]) from None
    return answer(_shown(owner))


@router.door("DELETE", f"{KEY}/old", "project_write_key", WRITE, act="end", status=204, conflicts=True)
def end_old_write_key(request: HttpRequest, project: str) -> HttpResponse:
    """Refuse the write key before at once."""
    if not write_keys.end_old(caller_of(request).project):
        raise Refused(409, "conflict", "There is no write key before this one that still works.")
    return nothing()


@router.door("POST", "/projects/{project}/secret-key", "project_secret", WRITE, gives=SecretKeyOut)
def new_secret_key(request: HttpRequest, project: str) -> HttpResponse:
    """Make a new secret key; the one before ends at once."""
    return answer({"secret_key": renew_secret_key(caller_of(request).project)})


def _shown(project: Project) -> dict[str, str | None]:
    old = write_keys.old_key(project)
    return {
        "write_key": project.api_key,
        "write_key_used_at": moment(project.api_key_used_at),
        "old_write_key": old,
        "old_write_key_until": moment(project.old_api_key_until) if old else None,
        "old_write_key_used_at": moment(project.old_api_key_used_at) if old else None,
    }
