"""One destination, and its tabs' forms as the pages send them back when nothing was touched."""

import pytest
from django.urls import reverse

SECRET = "Bearer sk_live_9f8e7d6c4f2a"

FORMS = {
    "destination": {
        "name": "Orders to CRM",
        "method": "POST",
        "url": "https://example.com/hook",
        "connect_timeout": "5",
        "total_timeout": "10",
        "header-0-name": "Authorization",
        "header-0-value": "",
        "header-0-secret": "on",
        "header-0-kept": "Authorization",
        "header-1-name": "X-Source",
        "header-1-value": "streamhub",
        "header-2-name": "",
        "header-2-value": "",
    },
    "destination_payload": {"body": "raw", "template": ""},
    "destination_filter": {
        "events": "chosen",
        "topics": [
            "event.track",
            "event.identify",
            "event.group",
            "event.page",
            "event.alias",
            "experiment.exposure",
        ],
        "event_types": ["Order Placed"],
        "more_types": "",
        "match": "all",
        "rule-0-path": "",
        "rule-0-operator": "is",
        "rule-0-value": "",
        "rule-0-upper": "",
    },
    "destination_transformation": {"body": "none", "template": ""},
    "destination_mappings": {
        f"{name}_{key}": value
        for name in ("event", "user", "group")
        for key, value in (("forward", "all"), ("more", ""))
    },
}


@pytest.fixture
def destination(make_destination):
    return make_destination(
        name="Orders to CRM",
        url="https://example.com/hook",
        headers=[
            {"name": "Authorization", "value": SECRET, "secret": True},
            {"name": "X-Source", "value": "streamhub", "secret": False},
        ],
        filter={"event_types": ["Order Placed"]},
    )


@pytest.fixture
def submit(admin_client, destination):
    """Sends a tab's form with some fields changed; returns the page's text, or None where it was saved."""

    def send(door="destination", **changes):
        fields = {name: value for name, value in (FORMS[door] | changes).items() if value is not None}
        response = admin_client.post(reverse(door, args=[destination.project.slug, destination.pk]), fields)
        return None if response.status_code == 302 else response.content.decode()

    return send


@pytest.fixture
def show(admin_client, destination):
    """The text of a tab."""

    def get(door="destination", query=""):
        url = reverse(door, args=[destination.project.slug, destination.pk])
        return admin_client.get(url + query).content.decode()

    return get
