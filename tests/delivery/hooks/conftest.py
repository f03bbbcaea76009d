import json

import pytest

from delivery.hooks.secrets import rotate, sign

SECRET = "a secret of two hubs"
AT = "2026-01-15T09:30:00.123Z"
TIME = 1768469400123
# One webhook of each type, with what JavaScript writes in its own way.
DATA = {
    "event.track": {
        "event_id": "evt-1", "event_type": "Order Placed", "time": TIME, "user_id": "user_1001", "platform": "Web",
        "app_version": "4.1", "insert_id": "ins-1", "session_id": TIME, "groups": {"company": "Acme"},
        "event_properties": {"total": 1e-7, "city": "Zürich ✓ 🚀", "10": "ten", "9": "nine", "large": 1e21},
        "user_properties": {"plan": "pro"},
    },
    "event.identify": {
        "event_id": "evt-2", "time": TIME, "device_id": "device-1", "user_properties": {"visits": 3, "seen": ["a"]},
    },
    "annotation.created": {
        "annotation_id": 17, "date": "2026-01-15", "label": "New prices", "created_at": AT, "details": "Web first",
        "source": "hub", "app_id": 1, "id": 17, "description": "Web first",
    },
    "annotation.updated": {"annotation_id": 17, "date": "2026-01-16", "label": "New prices", "updated_at": AT},
    "monitor.alert": {
        "monitor_id": "m-4", "monitor_name": "Orders", "alert_type": "triggered", "triggered_at": AT, "value": 42.5,
        "condition": "below 100", "threshold": 100, "recipients": ["ops@example.com"],
    },
    "cohort.computed": {
        "cohort_id": "k3x9mfp2", "cohort_name": "Paying", "computed_at": AT, "size": 1200, "published": True,
    },
    "experiment.exposure": {
        "flag_key": "checkout", "variant": "b", "time": TIME, "experiment_key": "exp-1",
        "metadata": {"flag_version": 3},
        "user": {"user_id": "user_1001", "os": "Chrome", "country": "Germany", "user_properties": {"plan": "pro"}},
    },
}  # fmt: skip


def body_of(topic, **changes):
    data = {name: value for name, value in (DATA[topic] | {"type": topic} | changes).items() if value is not ...}
    whole = {"type": topic, "created_at": AT, "data": data}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.fixture
def post(client, project):
    """Posts a body, signed with `secret` unless that is None."""

    def post(body, secret=SECRET, key=project.api_key, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret is not None:
            headers = {"X-Amplitude-Signature": sign(secret, body)} | headers
        return client.post(f"/hooks/amplitude/{key}", body, content_type="application/json", headers=headers)

    return post


@pytest.fixture
def secret(project):
    rotate(project, SECRET, 0)
    return SECRET
