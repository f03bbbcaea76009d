"""The address that webhooks come in by: `POST /hooks/amplitude/<write key>`."""

import re
from dataclasses import dataclass

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, JsonResponse
from django.utils.timezone import now

from delivery.hooks import journal
from delivery.hooks.secrets import secrets_of, verifies
from destinations.secrets import SecretUnreadable
from events import ingest_limit
from events.accept import Incoming, accept
from events.client_address import client_address
from events.database_faults import PASSING, is_mistake
from events.dialects.amplitude_upload import MEGABYTE
from events.dialects.amplitude_webhooks import BadWebhook, TooManyHops, read_webhook, type_of
from events.dialects.body import BodyRefused, read_body
from events.dialects.endpoint import endpoint
from events.dialects.jsonbody import BadJSON, read_json
from events.models import Event, Project
from events.received import count_duplicates
from events.write_keys import project_of

SIGNATURE, HOPS = "X-Amplitude-Signature", "X-StreamHub-Hops"
_NUMBER = re.compile("[0-9]{1,4}")


@dataclass(slots=True)
class Answer:
    """`reason`: why it was refused, "" where it was not. `kind`: the type that it gave, if it could be read."""

    status: int
    reason: str = ""
    kind: str = ""
    event: Incoming | None = None
    duplicate: bool = False
    wait: int = 0  # seconds


@endpoint("POST")
def receive(request: WSGIRequest, key: str) -> HttpResponse:
    try:
        project = project_of(key)
        if project is None:
            return _as_json(Answer(404, "No project has this write key."))
        body = b""
        try:
            body = read_body(request, MEGABYTE)
            answer = _take(request, project, body)
        except BodyRefused as error:
            answer = Answer(error.status, f"{error}.")
    except PASSING as error:
        if is_mistake(error):
            raise
        return _as_json(Answer(503, "The database does not answer; send this again later."))
    if not answer.wait or ingest_limit.count(project, answer.status, now()):
        journal.keep(project.pk, _entry(request, body, answer))
    return _as_json(answer)


def _take(request: WSGIRequest, project: Project, body: bytes) -> Answer:
    """The signature first: what is not signed is not even read."""
    received = now()
    if refusal := _forged(request, project, body):
        return refusal
    if wait := ingest_limit.seconds_to_come_again(project, 1):
        return Answer(ingest_limit.TOO_MANY, f"Refused: {ingest_limit.reason(project)}.", wait=wait)
    try:
        document = read_json(body)
    except BadJSON as error:
        return Answer(400, f"The body is not JSON: {error}.")
    kind = type_of(document.value)
    try:
        incoming = read_webhook(project.pk, document, received, _hops(request))
    except TooManyHops as error:
        return Answer(508, str(error), kind)
    except BadWebhook as error:
        return Answer(400, str(error), kind)
    if Event.objects.filter(project=project.pk, uuid=incoming.uuid).exists():
        count_duplicates(project, 1, received)
        return Answer(200, kind=kind, event=incoming, duplicate=True)
    stored = accept(project, [incoming], received).stored
    return Answer(200, kind=kind, event=incoming, duplicate=not stored)


def _forged(request: WSGIRequest, project: Project, body: bytes) -> Answer | None:
    try:
        secrets = secrets_of(project)
    except SecretUnreadable:
        return Answer(503, "The secret of this address cannot be read here. Tell whoever runs the hub.")
    signature = request.headers.get(SIGNATURE)
    if not secrets or (signature is not None and verifies(secrets, body, signature.strip())):
        return None
    if not signature:
        return Answer(401, f"The signature is missing: send {SIGNATURE}.")
    expected = "the HMAC-SHA256 of the body under the secret, in lower-case hex"
    return Answer(401, f"Invalid signature: {SIGNATURE} is not {expected}.")


def _hops(request: WSGIRequest) -> int:
    said = request.headers.get(HOPS, "").strip()
    return int(said) - 1 if _NUMBER.fullmatch(said) and int(said) else 0


def _as_json(answer: Answer) -> JsonResponse:
    if answer.reason:
        headers = {"Retry-After": str(answer.wait)} if answer.wait else None
        return JsonResponse({"success": False, "error": answer.reason}, status=answer.status, headers=headers)
    return JsonResponse({"success": True})


def _entry(request: WSGIRequest, body: bytes, answer: Answer) -> journal.Entry:
    return journal.Entry(
        at=now(),
        status=answer.status,
        kind=answer.kind,
        outcome="refused" if answer.reason else "duplicate" if answer.duplicate else "stored",
        reason=answer.reason,
        uuid=str(answer.event.uuid) if answer.event else "",
        address=client_address(request) or "",
        agent=request.headers.get("User-Agent", ""),
        body=body[: journal.KEPT_BYTES].decode(errors="replace"),
        size=len(body),
    )
