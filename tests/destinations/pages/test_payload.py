import json

import pytest
from django.urls import reverse

from destinations.models import Destination, PayloadMode
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db


def test_a_template_is_kept_while_the_original_event_is_sent(submit, destination):
    submit("destination_payload", body="jinja2", template='{"a": 1}')
    submit("destination_payload", body="raw", template='{"a": 1}')
    submit(name="Another name")
    kept = Destination.objects.get(pk=destination.pk)
    assert (kept.payload_mode, kept.language, kept.template) == (PayloadMode.RAW, "jinja2", '{"a": 1}')


@pytest.mark.parametrize(("method", "is_said"), [("GET", True), ("DELETE", True), ("POST", False)])
def test_a_method_without_a_body_says_so(submit, show, method, is_said):
    submit(method=method)
    assert ("request has no body" in show("destination_payload")) == is_said


@pytest.fixture
def preview(admin_client, destination):
    def ask(**fields):
        url = reverse("destination_preview", args=[destination.project.slug, destination.pk])
        response = admin_client.post(url, fields, HTTP_HX_REQUEST="true")
        assert response.status_code == 200
        marks = json.loads(response["HX-Trigger-After-Swap"])["sh:annotations"]["items"]
        return response.content.decode(), marks

    return ask


def test_the_preview_renders_what_is_typed_and_saves_nothing(preview, destination, make_events):
    (event,) = make_events(1, "Signed Up")
    text, marks = preview(body="jinja2", template='{"e": {{ input.event_type | tojson }}}', sample=str(event.pk))
    assert "Signed Up" in text
    assert "Valid JSON" in text
    assert marks == []
    assert stored(destination)["payload"] == {"mode": "raw"}


def test_a_wrong_template_is_marked_and_the_sample_shown(preview):
    text, (mark,) = preview(body="jinja2", template="{\n{% if input.user_id %}\n}", sample="built-in")
    assert "this can’t be rendered" in text
    assert "A-8001" in text
    assert mark["type"] == "error"


def test_a_body_that_is_not_json_is_shown_with_its_fault(preview):
    text, marks = preview(body="jinja2", template="hello <b>", sample="")
    assert "Not JSON" in text
    assert "<mark>h</mark>ello &lt;b&gt;" in text
    assert marks == []
