"""Every operation of the API, and an address for each."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import resolve
from django.utils.timezone import now

from cohorts.models import Cohort
from delivery.hooks.secrets import rotate as rotate_hook
from delivery.hooks.secrets import secrets_of
from delivery.hooks.secrets import shown_secrets as shown_hooks
from delivery.models import Channel, Delivery, Monitor, Replay
from delivery.monitors.specification import save_channel, save_monitor
from destinations.models import (
    Destination,
    EventRule,
    EventRulesVersion,
    KindVersion,
    PortalKind,
    TransformationVersion,
)
from destinations.samples import keep_sample
from destinations.signing_secrets import shown_secrets
from destinations.specification import describe, save
from events.annotations.models import Annotation
from events.annotations.rules import save_annotation
from events.models import Project
from events.roles import Role
from streamhub.api.hub import api
from streamhub.models import ApiToken
from tests.cohorts.cast import cast

CHANNEL = {"name": "Team", "kind": "email", "address": "team@example.com", "health": False}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    role: str
    scope: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def operations() -> list[Operation]:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    return [
        Operation(method.upper(), path, one["x-role"], one["x-scope"])
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if method != "parameters"
    ]


def addresses(busy: Project) -> Callable[[Operation, str], str]:
    """address(operation, slug): about things of the busy project, under whichever project's slug."""
    run, delivery = cast(busy), Delivery.objects.filter(project=busy).latest("pk")
    replay = Replay.objects.get_or_create(
        project=busy, kind="again", last_id=0, defaults={"selection": {"project": busy.pk}}
    )[0]
    cohort: Cohort = run.sync.cohort
    watched = {"name": "Failures", "metric": "events", "condition": "above", "threshold": 1, "window": 3600}
    save_monitor(busy, watched, Monitor.objects.filter(project=busy).first())
    save_channel(busy, CHANNEL, Channel.objects.filter(project=busy, name="Team").first())
    made = Annotation.objects.filter(project=busy).first()
    annotation = made or save_annotation(busy, {"label": "Release", "start": now()}, source="test")
    made_kind = PortalKind.objects.get_or_create(slug="acme", project=busy)[0]
    KindVersion.objects.get_or_create(kind=made_kind, number=1, defaults={"definition": {"name": "Acme"}})
    keep_sample(delivery.destination, "VIP", "{}")
    rule = EventRule.objects.filter(project=busy).first() or EventRule.objects.create(project=busy, types=["debug"])
    TransformationVersion.objects.get_or_create(
        destination=delivery.destination, number=1, defaults={"transformation": {}}
    )
    EventRulesVersion.objects.get_or_create(project=busy, number=1, defaults={"rules": []})
    named = {"role": Role.VIEWER, "name": "Other", "hash": f"of {busy.pk}", "defaults": {"scopes": ["events:read"]}}
    token = ApiToken.objects.get_or_create(project=busy, **named)[0]

    def of(operation: Operation, slug: str) -> str:
        lane = run.sync.destination_id if "{cohort}" in operation.path else delivery.destination_id
        number = run.number if "/runs/" in operation.path else 1
        named: dict[str, Any] = {
            "project": slug,
            "destination": lane,
            "number": number,
            "kind": made_kind.slug if "/portal/" in operation.path else "webhook",
            "cohort": cohort.public_id,
            "user_id": "user-1",
            "delivery": delivery.pk,
            "replay": replay.pk,
            "event": delivery.event_id,
            "username": "somebody",
            "monitor": "Failures",
            "channel": "Team",
            "annotation": annotation.pk,
            "sample": "VIP",
            "rule": rule.pk,
            "token": token.pk,
        }
        if "{secret}" in operation.path:
            named["secret"] = _secret_of(busy, delivery.destination if "/destinations/" in operation.path else None)
        confirmed = "?confirm=x" if operation.method == "DELETE" else ""
        return operation.path.format(**named) + confirmed

    return of


def _secret_of(project: Project, destination: Destination | None) -> str:
    """The name of one that can be ended: the oldest of two."""
    values = [f"whsec_{b64encode(bytes([number]) * 32).decode()}" for number in (1, 2)]
    if destination is None:
        for value in values[len(secrets_of(project)) :]:
            rotate_hook(project, value, 24)
        return shown_hooks(project)[-1].name
    secrets = [{"value": values[1]}, {"value": values[0], "until": (now() + timedelta(hours=1)).isoformat()}]
    given = {"scheme": "standard", "secrets": secrets}
    save(project, describe(destination) | {"signing": given}, destination)
    return shown_secrets(destination)[-1].name


def model_of(request: HttpRequest, status: int) -> Any:
    """What the operation that answered says of an answer with this status."""
    view = resolve(request.path).func
    view = getattr(view, "__wrapped__", view)
    path_view = next(cell.cell_contents for cell in view.__closure__ if hasattr(cell.cell_contents, "operations"))
    operation = next(one for one in path_view.operations if request.method in one.methods)
    documented = {
        200: operation.response_models.get(200) or operation.response_models.get(201),
        **operation.response_models,
    }
    return documented.get(status) or documented[200]
