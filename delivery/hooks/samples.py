"""A webhook of each type to try the address with: made as the kind of destination makes it, signed, and taken in."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from secrets import randbelow
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve, reverse
from django.utils.timezone import now

from delivery.hooks.door import SIGNATURE
from delivery.hooks.secrets import secrets_of, sign
from destinations import catalog
from destinations.curl import curl_command
from destinations.endpoint import Endpoint, check_url
from destinations.kind.rendering import KindRequests
from events import audit
from events.announced import ANNOUNCEMENTS, announced_data, iso
from events.dialects import exposure
from events.dialects.amplitude_webhooks import IDENTIFY
from events.models import Project
from events.shape import time_text
from events.uuids import time_ordered_uuids

KIND = "amplitude-webhooks"
USER = {"user_id": "user_1001", "device_id": "5f1d7a9e-0c42-4f4b-9a57-2d8c4b6f3e10", "platform": "Web"}
AGENT = "StreamHub sample"


@dataclass(frozen=True, slots=True)
class Sent:
    """`command`: the same request as a curl command for the address that others use."""

    topic: str
    status: int
    answer: str
    body: str
    signature: str
    command: str

    @property
    def ok(self) -> bool:
        return self.status == 200


def send_audited_sample(project: Project, topic: str, address: str) -> Sent:
    """As send_sample, which also stands in the audit trail. Raises SecretUnreadable."""
    sent = send_sample(project, topic, address)
    audit.record("sent a sample webhook to", project, name=topic)
    return sent


def send_sample(project: Project, topic: str, address: str) -> Sent:
    """Through the door itself. `address`: what it is called from outside. Raises SecretUnreadable."""
    body = sample_body(project, topic).encode()
    secrets = secrets_of(project)
    signature = sign(secrets[0]["value"], body) if secrets else ""
    signed = [(SIGNATURE, signature)] if signature else []
    status, answer = _through_the_door(project, body, signed)
    command = curl_command("POST", address, [("Content-Type", "application/json"), *signed], body.decode())
    return Sent(topic, status, answer, body.decode(), signature, command)


def sample_body(project: Project, topic: str) -> str:
    """A new one each time, so that it is no repeat of the last."""
    kind = catalog.built_in(KIND)
    return KindRequests(kind, {"receiver_url": "https://hub.example/"}, {}, _check).render(_event(project, topic)).body


def _check(url: str) -> Endpoint:
    return check_url(url)


def _event(project: Project, topic: str) -> dict[str, Any]:
    moment = now()
    (uuid,) = time_ordered_uuids(1, moment)
    if topic in ANNOUNCEMENTS:
        return announced_data(project.pk, topic, _fields(project, topic, moment), moment, uuid)
    common = {"event_time": time_text(moment), "uuid": str(uuid), "app": project.pk, **USER}
    if topic == IDENTIFY:
        return {**common, "event_type": "$identify", "user_properties": {"plan": "pro", "city": "Zürich"}}
    if topic == exposure.TOPIC:
        properties: dict[str, Any] = {
            exposure.FLAG_KEY: "sample-flag",
            exposure.VARIANT: "on",
            exposure.EXPERIMENT_KEY: "sample-1",
        }
        return {**common, "type": topic, "event_type": exposure.EVENT_TYPE, "event_properties": properties}
    properties = {"order_id": "A-8001", "amount": 49.9, "currency": "EUR", "city": "Zürich"}
    return {**common, "event_type": "Sample Order Placed", "event_properties": properties}


def _fields(project: Project, topic: str, moment: datetime) -> dict[str, Any]:
    at, number = iso(moment), randbelow(1_000_000) + 1
    annotation = {"annotation_id": number, "date": at[:10], "label": "Sample annotation", "details": "A sample"}
    return {
        "annotation.created": {**annotation, "created_at": at, "source": "streamhub", "app_id": project.pk},
        "annotation.updated": {**annotation, "updated_at": at, "source": "streamhub", "app_id": project.pk},
        "monitor.alert": {
            "monitor_id": str(number), "monitor_name": "Sample monitor", "alert_type": "triggered", "triggered_at": at,
            "condition": "below 100", "value": 42.5, "threshold": 100,
        },
        "cohort.computed": {
            "cohort_id": f"sample{number}", "cohort_name": "Sample cohort", "computed_at": at, "size": 1200,
            "app_id": project.pk,
        },
    }[topic]  # fmt: skip


def _through_the_door(project: Project, body: bytes, headers: list[tuple[str, str]]) -> tuple[int, str]:
    """A request of its own to the same view that the address leads to. Not over the network: many a hub cannot reach
    itself by the name that others call it."""
    path = reverse("hooks", args=[project.api_key])
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_USER_AGENT": AGENT,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers},
            "wsgi.input": BytesIO(body),
        }
    )
    found = resolve(path)
    response = found.func(request, *found.args, **found.kwargs)
    return response.status_code, response.content.decode()
