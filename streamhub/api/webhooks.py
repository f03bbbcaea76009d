"""/webhooks: the address that Amplitude's webhooks come in by, its secrets, what came, and samples to try it with."""

from typing import Annotated, Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from delivery.hooks import journal
from delivery.hooks.samples import send_audited_sample
from delivery.hooks.secrets import end_secret, rotate, shown_secrets
from delivery.hooks.views import address_of
from events.checking import Problem
from events.dialects.amplitude_webhooks import TYPES
from streamhub.api.answers import answer, moment, nothing
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.problems import invalid, not_found
from streamhub.api.secrets import RotatedOut, RotateIn, SecretOut, rotation_of, shown_secret

router = Resource()
READ, WRITE = "project:read", "project:write"
ALL = "/projects/{project}/webhooks"


class WebhooksOut(Schema):
    """`address`: where to send them; it holds the write key. `secrets`: the newest first; none: nothing is signed."""

    address: str
    secrets: list[SecretOut]


class ReceivedQuery(Schema):
    limit: Annotated[int, Field(ge=1, le=journal.KEPT)] = 50


class ReceivedOut(Schema):
    """`outcome`: stored, duplicate or refused, for `reason`. `uuid`: of the event. `body`: at most 16 KiB of it."""

    at: str
    status: int
    type: str
    outcome: str
    reason: str
    uuid: str | None
    address: str
    agent: str
    body: str
    bytes: int


class ReceivedListOut(Schema):
    """`total`: how many there have been lately; the newest 200 are kept."""

    total: int
    data: list[ReceivedOut]
    next: str | None


class SampleIn(Schema):
    """`type`: one of those that the address takes, such as event.track."""

    type: str


class SampleOut(Schema):
    """What the address answered, and the request as a curl command."""

    status: int
    answer: str
    body: str
    signature: str
    command: str


@router.door("GET", ALL, "webhooks", READ, gives=WebhooksOut)
def get_webhooks(request: HttpRequest, project: str) -> HttpResponse:
    """Where webhooks come in, and how they are signed."""
    owner = caller_of(request).project
    secrets = [shown_secret(one) for one in shown_secrets(owner)]
    return answer({"address": address_of(request, owner), "secrets": secrets})


@router.door("GET", f"{ALL}/received", "webhooks", READ, gives=ReceivedListOut)
def list_received_webhooks(request: HttpRequest, project: str, query: Query[ReceivedQuery]) -> HttpResponse:
    """What came in lately and what was refused, newest first."""
    total, entries = journal.newest(caller_of(request).project.pk, query.limit)
    return answer({"total": total, "data": [_entry(one) for one in entries], "next": None})


@router.door("POST", f"{ALL}/secret", "webhooks", WRITE, act="rotate", takes=RotateIn, gives=RotatedOut, conflicts=True)
def rotate_webhook_secret(request: WSGIRequest, project: str) -> HttpResponse:
    """Set or replace the secret; the one before goes on for a while."""
    typed, hours = rotation_of(body_of(request, required=False))
    value = rotate(caller_of(request).project, typed, hours)
    return answer({"secret": None if typed else value})


@router.door("DELETE", f"{ALL}/secrets/{{secret}}", "webhooks", WRITE, act="end", status=204)
def end_webhook_secret(request: HttpRequest, project: str, secret: str) -> HttpResponse:
    """End a secret at once. Without the last one, webhooks are taken from whoever has the write key."""
    owner = caller_of(request).project
    if secret not in [one.name for one in shown_secrets(owner)]:
        raise not_found("There is no such secret in use.")
    end_secret(owner, secret)
    return nothing()


@router.door("POST", f"{ALL}/samples", "webhooks", WRITE, act="sample", takes=SampleIn, gives=SampleOut, conflicts=True)
def send_sample_webhook(request: WSGIRequest, project: str) -> HttpResponse:
    """Send a sample through the address; it is taken in like any other."""
    owner, topic = caller_of(request).project, body_of(request).get("type")
    if topic not in TYPES:
        raise invalid([Problem("type", f"Choose one of {', '.join(TYPES)}.")])
    sent = send_audited_sample(owner, str(topic), address_of(request, owner))
    return answer({name: getattr(sent, name) for name in ("status", "answer", "body", "signature", "command")})


def _entry(entry: journal.Entry) -> dict[str, Any]:
    same = ("status", "outcome", "reason", "address", "agent", "body")
    return {
        **{name: getattr(entry, name) for name in same},
        "at": moment(entry.at),
        "type": entry.kind,
        "uuid": entry.uuid or None,
        "bytes": entry.size,
    }
