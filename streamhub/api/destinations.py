"""/destinations: the whole of one as a specification, and what can be done with it."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from delivery.lane_acts import go_on, let_go, switch, tell_workers
from delivery.removal import mark_destination
from destinations.duplication import duplicate
from destinations.models import Destination
from destinations.pausing import pause
from destinations.portal.upgrades import upgrade, upgrade_of
from destinations.signing_secrets import end_secret, rotate, shown_secrets
from destinations.specification import missing
from streamhub.api.answers import PageQuery, answer, moment, nothing, number_of, page, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import destination_named, destination_or_none
from streamhub.api.problems import Refused, not_found
from streamhub.api.projects import ConfirmQuery, refuse_unconfirmed
from streamhub.api.secrets import RotatedOut, RotateIn, SecretsOut, rotation_of, shown_secret
from streamhub.declared_destinations import describe, save

router = Resource()
READ, WRITE = "destinations:read", "destinations:write"
ONE = "/projects/{project}/destinations/{destination}"


class HeaderIn(Schema):
    """`value` null keeps the stored value of that name."""

    name: str
    value: str | None = None
    secret: bool = False


class DestinationIn(Schema):
    """What is left out takes its default; `enabled` stays as it is. Every key is described in the file format of
    `manage.py dump`, which is the same."""

    name: str | None = None
    kind: str = "webhook"
    url: str | None = None
    method: str | None = None
    parameters: dict[str, Any] | None = None
    headers: list[HeaderIn] | None = None
    payload: dict[str, Any] | None = None
    filter: dict[str, Any] | None = None
    mappings: dict[str, Any] | None = None
    timeouts: dict[str, float] | None = None
    sending: dict[str, Any] | None = None
    signing: dict[str, Any] | None = None
    auth: dict[str, Any] | None = None
    id_header: str | None = None
    client_certificate: dict[str, Any] | str | None = None
    enabled: bool | None = None


class DestinationOut(Schema):
    """`missing`: what keeps it from being enabled. Secrets are null. The other keys are those that are sent."""

    id: int
    name: str
    kind: str
    headers: list[dict[str, Any]]
    payload: dict[str, Any]
    filter: Any
    timeouts: dict[str, float]
    enabled: bool
    paused_at: str | None
    template_version: int
    missing: list[dict[str, str]]
    created_at: str
    updated_at: str


class DestinationsOut(Schema):
    data: list[DestinationOut]
    next: str | None


class ListQuery(PageQuery):
    """`name`: exactly. `kind`: its slug."""

    name: str = ""
    kind: str = ""
    enabled: bool | None = None


@router.door("GET", "/projects/{project}/destinations", "destinations", READ, gives=DestinationsOut)
def list_destinations(request: HttpRequest, project: str, query: Query[ListQuery]) -> HttpResponse:
    """The destinations, oldest first."""
    rows = caller_of(request).project.destinations.select_related("project").prefetch_related("headers").order_by("pk")
    for name in ("name", "kind"):
        if value := getattr(query, name):
            rows = rows.filter(**{name: value})
    if query.enabled is not None:
        rows = rows.filter(enabled=query.enabled)
    if after := number_of(query.cursor):
        rows = rows.filter(pk__gt=after)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("GET", ONE, "destination", READ, gives=DestinationOut)
def get_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """A destination, by id or name."""
    return versioned(request, shown(destination_named(request, destination)))


@router.door("PUT", ONE, "destination", WRITE, takes=DestinationIn, gives=DestinationOut)
def put_destination(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Make or replace the destination of this name. Switching it on or off takes a publisher."""
    given = _settable(body_of(request))
    with transaction.atomic():
        existing = destination_or_none(request, destination, for_update=True)
        refuse_stale(request, shown(existing) if existing else None)
        if existing is None:
            given.setdefault("name", destination)
        else:
            given.setdefault("name", existing.name)
        return versioned(request, shown(_saved(request, given, existing)), 200 if existing else 201)


@router.door("PATCH", ONE, "destination", WRITE, takes=DestinationIn, gives=DestinationOut)
def patch_destination(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Replace some keys of a destination; the others stay."""
    return change_part(request, destination, _settable(body_of(request)))


def change_part(request: HttpRequest, named: str, part: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        existing = destination_named(request, named, for_update=True)
        refuse_stale(request, shown(existing))
        return versioned(request, shown(_saved(request, describe(existing) | part, existing)))


@router.door("DELETE", ONE, "destination_delete", WRITE, status=204)
def delete_destination(
    request: HttpRequest, project: str, destination: str, query: Query[ConfirmQuery]
) -> HttpResponse:
    """Delete a destination with its log."""
    found = destination_named(request, destination)
    refuse_unconfirmed(query.confirm, found.name)
    refuse_stale(request, shown(found))
    mark_destination(found)
    return nothing()


@router.door("POST", f"{ONE}/enable", "destination_switch", WRITE, gives=DestinationOut)
def enable_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Switch a destination on; 422 names what is missing."""
    return _switched(request, destination, True)


@router.door("POST", f"{ONE}/disable", "destination_switch", WRITE, gives=DestinationOut)
def disable_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Switch a destination off: it gets no new deliveries."""
    return _switched(request, destination, False)


@router.door("POST", f"{ONE}/pause", "destination_pause", WRITE, gives=DestinationOut)
def pause_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Hold deliveries; new ones are made and wait."""
    found = destination_named(request, destination)
    pause(found)
    return versioned(request, shown(found))


@router.door("POST", f"{ONE}/resume", "destination_resume", WRITE, gives=DestinationOut)
def resume_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Send again, whether it was paused or held because it failed."""
    found = destination_named(request, destination)
    go_on(found)
    let_go(found)
    return versioned(request, shown(found))


@router.door(
    "POST", f"{ONE}/duplicate", "destination_duplicate", WRITE, gives=DestinationOut, status=201, conflicts=True
)
def duplicate_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """A second one like it, switched off."""
    return versioned(request, shown(duplicate(destination_named(request, destination))), 201)


@router.door("POST", f"{ONE}/upgrade", "destination_upgrade", WRITE, gives=DestinationOut, conflicts=True)
def upgrade_destination(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """Take it to the current version of its kind, where that was made in the portal."""
    found = destination_named(request, destination)
    refuse_stale(request, shown(found))
    offered = upgrade_of(found)
    if offered is None:
        raise Refused(409, "conflict", "It has the current version of its kind.")
    upgrade(found, offered)
    return versioned(request, shown(found))


@router.door(
    "POST",
    f"{ONE}/signing-secret",
    "destination_security",
    WRITE,
    act="rotate",
    takes=RotateIn,
    gives=RotatedOut,
    conflicts=True,
)
def rotate_signing_secret(request: WSGIRequest, project: str, destination: str) -> HttpResponse:
    """Sign with a new secret from now on."""
    found = destination_named(request, destination)
    typed, hours = rotation_of(body_of(request, required=False))
    value = rotate(found, typed, hours)
    return answer({"secret": None if typed else value})


@router.door("GET", f"{ONE}/signing-secrets", "destination_security", READ, gives=SecretsOut, conflicts=True)
def list_signing_secrets(request: HttpRequest, project: str, destination: str) -> HttpResponse:
    """The secrets that sign, by their ends, newest first."""
    found = destination_named(request, destination)
    return answer({"data": [shown_secret(one) for one in shown_secrets(found)], "next": None})


@router.door(
    "DELETE",
    f"{ONE}/signing-secrets/{{secret}}",
    "destination_security",
    WRITE,
    act="end",
    status=204,
    conflicts=True,
)
def end_signing_secret(request: HttpRequest, project: str, destination: str, secret: str) -> HttpResponse:
    """End an old secret at once. The newest goes on: rotate it first."""
    found = destination_named(request, destination)
    named = next((one for one in shown_secrets(found) if one.name == secret), None)
    if named is None:
        raise not_found("There is no such secret in use.")
    if named.ends is None:
        raise Refused(409, "conflict", "This is the secret that signs. Rotate it, then end it.")
    end_secret(found, secret)
    return nothing()


def shown(destination: Destination) -> dict[str, Any]:
    return {
        "id": destination.pk,
        **describe(destination),
        "paused_at": moment(destination.paused_at),
        "template_version": destination.template_version,
        "missing": [{"field": p.field, "message": p.message} for p in missing(destination)],
        "created_at": moment(destination.created_at),
        "updated_at": moment(destination.updated_at),
    }


READ_ONLY = ("id", "paused_at", "template_version", "missing", "created_at", "updated_at")


def _settable(body: dict[str, Any]) -> dict[str, Any]:
    """Without what an answer holds besides."""
    return {key: value for key, value in body.items() if key not in READ_ONLY}


def _saved(request: HttpRequest, given: dict[str, Any], existing: Destination | None) -> Destination:
    """What is switched on or off by it takes the role for that."""
    was_enabled = bool(existing and existing.enabled)
    wanted = given.get("enabled")
    given = given | {"enabled": was_enabled if wanted is None else wanted}
    if given["enabled"] != was_enabled:
        caller_of(request).must("destination_switch", WRITE)
    saved, _ = save(caller_of(request).project, given, existing)
    if saved.enabled and not was_enabled:
        transaction.on_commit(tell_workers)
    return saved


def _switched(request: HttpRequest, named: str, enabled: bool) -> HttpResponse:
    found = destination_named(request, named)
    switch(found, enabled)
    return versioned(request, shown(found))


__all__ = ["Refused", "router", "shown"]
