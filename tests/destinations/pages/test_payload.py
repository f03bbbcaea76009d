import json

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from destinations.models import Destination, PayloadMode
from events.models import Membership
from events.roles import Role
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
        marks = json.loads(response.get("HX-Trigger-After-Swap", '{"sh:annotations": {"items": []}}'))
        marks = marks["sh:annotations"]["items"]
        assert (response.get("HX-Retarget") == "#preview-note") == ("Request body" not in response.content.decode())
        return response.content.decode(), marks

    return ask


def test_the_preview_renders_what_is_typed_and_saves_nothing(preview, destination, make_events):
    (event,) = make_events(1, "Signed Up")
    text, marks = preview(body="jinja2", template='{"e": {{ input.event_type | tojson }}}', sample=str(event.pk))
    assert "Signed Up" in text
    assert "Valid JSON" in text
    assert marks == []
    assert stored(destination)["payload"] == {"mode": "raw"}


def test_a_wrong_template_is_marked_and_replaces_the_note_alone(preview):
    text, (mark,) = preview(body="jinja2", template="{\n{% if input.user_id %}\n}", sample="built-in")
    assert "this can’t be rendered" in text
    assert "A-8001" in text  # the sample, which the box does not show yet
    assert "Request body" not in text
    assert mark["type"] == "error"


def test_the_sample_is_sent_along_only_where_another_is_chosen(preview):
    assert "A-8001" not in preview(body="jinja2", template="{}", sample="built-in", shown="built-in")[0]
    assert "A-8001" in preview(body="jinja2", template="{}", sample="built-in", shown="7")[0]


def test_the_preview_shows_the_whole_request_without_secrets(preview):
    text, _ = preview(body="raw", sample="built-in", shown="built-in")
    for words in ("POST https://example.com/hook", "StreamHub/Webhook/1.0", "X-Source", "streamhub", "••••••••4f2a"):
        assert words in text
    assert "sk_live" not in text


def test_what_may_go_wrong_is_listed_and_marked(preview):
    text, (mark,) = preview(body="jinja2", template='{"a": "{{ input.user_id }}"}', sample="built-in")
    assert mark["type"] == "warning"
    assert "breaks the JSON" in text


def test_pasted_json_can_be_the_sample(preview):
    given = {"body": "jinja2", "template": "{{ input.n | tojson }}", "sample": "pasted"}
    assert "12345" in preview(**given, sample_json='{"n": 12345}')[0]
    assert preview(**given, sample_json='{"n": ')[0].count("The sample is not JSON: line 1") == 1


def test_a_body_that_is_not_json_is_shown_with_its_fault(preview):
    text, marks = preview(body="jinja2", template="hello <b>", sample="")
    assert "Not JSON" in text
    assert "<mark>h</mark>ello &lt;b&gt;" in text
    assert marks == []


# -- samples -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def samples(admin_client, destination):
    def ask(**fields):
        url = reverse("destination_samples", args=[destination.project.slug, destination.pk])
        return admin_client.post(url, fields, HTTP_HX_REQUEST="true")

    return ask


def test_a_sample_is_kept_chosen_and_deleted(samples, show, destination):
    response = samples(sample_name="VIP", sample_json='{"event_type": "Vip Order"}')
    kept = destination.samples.get()
    value = f"saved-{kept.pk}"
    assert f'value="{value}" selected' in response.content.decode()
    assert "sh:sample" in response["HX-Trigger-After-Settle"]
    assert "VIP was saved as a sample." in response["HX-Trigger"]
    assert "Vip Order" in show("destination_payload", f"?sample={value}")
    assert "The sample was deleted." in samples(delete="1", sample=value)["HX-Trigger"]
    assert not destination.samples.exists()


def test_a_sample_that_cannot_be_kept_says_why_and_changes_nothing(samples, destination):
    response = samples(sample_name="VIP", sample_json="{")
    assert "The sample is not JSON" in response["HX-Trigger"]
    assert response["HX-Reswap"] == "none"
    assert not destination.samples.exists()


# -- versions ----------------------------------------------------------------------------------------------------------


def test_versions_are_listed_compared_and_taken_up_again(submit, show, destination):
    submit("destination_payload", body="jinja2", template='{"first": 1}')
    submit("destination_payload", body="freemarker", template='{"second": 2}')
    text = show("destination_payload", "?compare=2")
    assert text.count("Use again") == 2
    assert "admin" in text
    assert "<del>- {&quot;first&quot;: 1}\n</del>" in text
    assert "<ins>+ {&quot;second&quot;: 2}\n</ins>" in text
    text = show("destination_payload", "?version=2")
    assert "Version 2 is in the editor." in text
    assert "{&quot;first&quot;: 1}</textarea>" in text
    assert "data-changed" in text
    assert stored(destination)["payload"]["template"] == '{"second": 2}'


# -- trial -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trial(admin_client, destination):
    def ask(template, **headers):
        url = reverse("destination_trial", args=[destination.project.slug, destination.pk])
        return admin_client.post(url, {"body": "jinja2", "template": template}, **headers).content.decode()

    return ask


def test_a_trial_counts_over_what_passes_the_filter(trial, make_events, destination):
    before = stored(destination)
    make_events(4)
    make_events(3, "Another Type")
    text = trial('{"n": {{ input.event_properties.number }}}', HTTP_HX_REQUEST="true")
    assert "Tried on 4 events" in text
    assert "Come out differently: 3 of 4" in text
    assert "<h1" not in text
    assert stored(destination) == before


def test_without_scripts_a_trial_is_the_whole_page_with_what_was_typed(trial, make_events):
    make_events(1)
    text = trial("{{ input.nowhere.deep }}")
    assert "<h1" in text
    assert "{{ input.nowhere.deep }}</textarea>" in text
    assert "Fail: 1" in text


@pytest.mark.parametrize(("template", "words"), [("{% if %}", "Mend the template first."), ("{}", "No event has come")])
def test_a_trial_that_has_nothing_to_run_says_so(trial, template, words):
    assert words in trial(template, HTTP_HX_REQUEST="true")


def test_a_template_that_is_refused_names_the_line(submit, destination):
    text = submit("destination_payload", body="jinja2", template="{\n{% if input.user_id %}\n}")
    assert "Line 2" in text.partition("sh-template-error")[2].partition("</p>")[0]


def test_who_may_not_save_cannot_by_the_keyboard_either(destination, admin_client, project):
    url = reverse("destination_payload", args=[project.slug, destination.pk])
    assert "data-read-only" not in admin_client.get(url).content.decode()
    viewer = User.objects.create_user("vera")
    Membership.objects.create(project=project, user=viewer, role=Role.VIEWER)
    admin_client.force_login(viewer)
    assert "data-read-only" in admin_client.get(url).content.decode()
