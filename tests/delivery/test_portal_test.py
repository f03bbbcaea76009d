"""Testing a kind before it is submitted: the command that is pasted, and the request that is sent."""

import json
import subprocess
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from destinations.portal import drafts
from events.models import AuditEntry
from tests.destinations.portal.seed import TYPED
from tests.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(project):
    made = drafts.begin(project, "Acme CRM", "events", User.objects.create_user("author"))
    return reverse("portal_test", args=[project.slug, made.kind_id])


def typed(base="http://127.0.0.1:8009", **more):
    values = {"trial.parameters.endpoint": base, "trial.parameters.api_key": 'it\'s "$(quoted)"'}
    return TYPED | values | more


def part(text, start):
    """What stands in the first <pre> behind `start`."""
    return unescape(text[text.index("<pre", text.index(start)) :].partition(">")[2].partition("</pre>")[0])


def test_the_command_runs_as_pasted(admin_client, url):
    with receiver() as hook:
        text = admin_client.post(url, typed(hook.url), headers={"HX-Request": "true"}).content.decode()
        assert hook.requests == []
        subprocess.run(["bash", "-c", part(text, "cURL command")], check=True, capture_output=True, timeout=20)
        (got,) = hook.requests
    assert got.path == "/hook/events/track"
    assert got.headers["Authorization"] == 'Bearer it\'s "$(quoted)"'
    assert json.loads(got.body)["external_id"] == "user_1001"


def test_one_real_request(admin_client, url):
    with receiver() as hook:
        text = admin_client.post(url, typed(hook.url, act="send"), headers={"HX-Request": "true"}).content.decode()
        assert len(hook.requests) == 1
    assert "HTTP 200" in text
    assert AuditEntry.objects.filter(action="sent a test of", object_type="portalkind").count() == 1


def test_the_whole_page_without_scripts(admin_client, url):
    response = admin_client.post(url, typed())
    text = response.content.decode()
    assert "<h1>" in text
    assert "curl -X POST" in text
    assert response["Cache-Control"] == "no-store"


WRONG = {
    "no URL": ({"request.url": ""}, "There is no URL yet."),
    "a value": ({"trial.parameters.endpoint": "nowhere"}, "Test value of endpoint:"),
    "the event": ({"trial.event": "{"}, "The sample is not JSON"),
    "the template": ({"request.template": "${parameters.app_id"}, "line 1"),
}


@pytest.mark.parametrize(("more", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_tried_says_why(more, words, admin_client, url):
    text = admin_client.post(url, typed(**more), headers={"HX-Request": "true"}).content.decode()
    assert words.lower() in unescape(text).lower()
    assert "curl" not in text
