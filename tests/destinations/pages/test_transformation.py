"""The Transformation tab: choosing, previewing and saving, with steps and templates, for events and messages."""

import json

import pytest
from django.urls import reverse

from destinations.specification import describe, save
from tests.destinations.messages.samples import TRACK

pytestmark = pytest.mark.django_db
DOOR = "destination_transformation"
SALE = '{"event_type": "Sale", "user_id": "${input.user_id}"}'


def post(client, destination, door=DOOR, **fields):
    url = reverse(door, args=[destination.project.slug, destination.pk])
    headers = {"HX-Request": "true"} if door != DOOR else {}
    return client.post(url, {"body": "none", "template": ""} | fields, headers=headers)


def preview(client, destination, **fields):
    return post(client, destination, "destination_transformation_preview", **fields).content.decode()


STEP = {"step-0-step": "rename", "step-0-path": "event_properties.number", "step-0-text": "count"}
SAVED = [
    ({"body": "none", "template": "x"}, {}),
    ({"body": "freemarker", "template": SALE}, {"language": "freemarker", "template": SALE}),
    ({"body": "jinja2", "template": "{\r\n}"}, {"language": "jinja2", "template": "{\n}"}),
    ({"body": "freemarker", "template": " "}, {}),
    ({"body": "steps"}, {}),
    ({"body": "steps", **STEP}, {"steps": [{"step": "rename", "property": "event_properties.number", "to": "count"}]}),
]


@pytest.mark.parametrize(("fields", "stored"), SAVED)
def test_what_is_typed_is_saved(admin_client, destination, fields, stored):
    assert post(admin_client, destination, **fields).status_code == 302
    destination.refresh_from_db()
    assert destination.transformation == stored
    assert describe(destination).get("transformation", {}) == stored


REFUSED = [
    ({"body": "freemarker", "template": "${"}, "id_template"),
    ({"body": "steps", **STEP, "step-0-path": "nothing"}, "id_step-0-path"),
]


@pytest.mark.parametrize(("fields", "anchor"), REFUSED)
def test_what_is_wrong_is_told_and_nothing_saved(admin_client, destination, fields, anchor):
    text = post(admin_client, destination, **fields).content.decode()
    assert "Nothing was saved." in text
    assert f'href="#{anchor}"' in text
    destination.refresh_from_db()
    assert destination.transformation == {}


def test_the_preview_shows_before_and_after_without_saving(admin_client, destination, make_events):
    make_events(3)
    destination.filter = {}
    destination.save()
    text = preview(admin_client, destination, body="freemarker", template=SALE)
    assert "<ins>+   &quot;event_type&quot;: &quot;Sale&quot;" in text
    assert "<del>-   &quot;event_type&quot;: &quot;Order Placed&quot;" in text
    assert "<dt>Tried</dt><dd>3</dd>" in text
    assert "<dt>Sent</dt><dd>3</dd>" in text
    destination.refresh_from_db()
    assert destination.transformation == {}


def test_several_and_what_the_filter_makes_of_them(admin_client, destination):
    template = '[{"event_type": "Order Placed"}, {"event_type": "Other"}]'
    text = preview(admin_client, destination, body="freemarker", template=template)
    assert "<h3>Event 1</h3>" in text
    assert "event type is not Order Placed" in text


def test_dropped_and_failed(admin_client, destination, make_events):
    make_events(1)
    text = preview(admin_client, destination, body="jinja2", template='"a test"')
    assert "<b>Not sent:</b> the transformation dropped it: a test." in text
    assert "<dt>Dropped</dt><dd>1</dd>" in text
    response = post(
        admin_client,
        destination,
        "destination_transformation_preview",
        body="jinja2",
        template="\n{{ input.no.thing }}",
    )
    text = response.content.decode()
    assert 'data-line="2"' in text
    assert '<dt>Failed</dt><dd class="sh-bad">1</dd>' in text
    (mark,) = json.loads(response["HX-Trigger-After-Swap"])["sh:annotations"]["items"]
    assert mark["row"] == 1


def test_a_template_that_cannot_be_read_is_shown_where(admin_client, destination):
    text = preview(admin_client, destination, body="freemarker", template="<#if")
    assert 'data-line="1"' in text
    assert "It fails on this event." in text


def test_nothing_chosen(admin_client, destination):
    text = preview(admin_client, destination)
    assert "Nothing is changed." in text


def test_a_pasted_sample(admin_client, destination):
    fields = {"sample": "pasted", "sample_json": '{"event_type": "Mine", "user_id": "u7"}'}
    assert "u7" in preview(admin_client, destination, body="freemarker", template=SALE, **fields)
    fields["sample_json"] = "{"
    assert "The sample is not JSON" in preview(admin_client, destination, body="freemarker", template=SALE, **fields)


def test_steps_come_and_go(admin_client, destination):
    response = post(admin_client, destination, "destination_transformation_steps", body="steps", do="add-step", **STEP)
    text = response.content.decode()
    assert "step-1-path" in text
    assert reverse("destination_transformation_steps", args=[destination.project.slug, destination.pk]) in text


# -- of a kind that sends messages
@pytest.fixture
def hook(make_destination):
    return make_destination(kind="rudderstack-webhook")


def test_the_message_is_what_is_changed(admin_client, hook):
    template = '${UtilClass.toJsonString(input + {"appendPath": "/x"})}'
    fields = {"sample": "pasted", "sample_json": json.dumps(TRACK)}
    text = preview(admin_client, hook, body="freemarker", template=template, **fields)
    assert "&quot;appendPath&quot;: &quot;/x&quot;" in text
    assert "new_boots" in text


def test_the_switch_for_headers_and_path(admin_client, hook, destination):
    page = admin_client.get(reverse(DOOR, args=[hook.project.slug, hook.pk])).content.decode()
    assert "Write keys are public" in page
    assert post(admin_client, hook, event_controls="on").status_code == 302
    hook.refresh_from_db()
    assert hook.event_controls is True
    assert (
        "Write keys are public"
        not in admin_client.get(reverse(DOOR, args=[destination.project.slug, destination.pk])).content.decode()
    )


def test_tabs_that_mean_nothing_for_messages_are_not_shown(admin_client, hook):
    page = admin_client.get(reverse(DOOR, args=[hook.project.slug, hook.pk])).content.decode()
    assert reverse("destination_payload", args=[hook.project.slug, hook.pk]) not in page
    assert reverse("destination_mappings", args=[hook.project.slug, hook.pk]) not in page


def test_events_that_it_drops_or_renames_are_offered_too(admin_client, make_destination, make_events):
    (event,) = make_events(1)
    drops = {"language": "jinja2", "template": '"no"'}
    found = make_destination(transformation=drops, filter={"event_types": ["Sale"]})
    page = admin_client.get(reverse(DOOR, args=[found.project.slug, found.pk])).content.decode()
    assert f'<option value="{event.pk}" selected>' in page
    assert "the transformation dropped it: no." in page


def test_cohort_destinations_have_no_such_tab(admin_client, make_destination):
    found = make_destination(kind="cohort-webhook")
    page = admin_client.get(reverse("destination", args=[found.project.slug, found.pk])).content.decode()
    assert reverse(DOOR, args=[found.project.slug, found.pk]) not in page


# -- versions ----------------------------------------------------------------------------------------------------------
def show(client, destination, query="", **headers):
    url = reverse(DOOR, args=[destination.project.slug, destination.pk])
    return client.get(url + query, headers=headers).content.decode()


def test_versions_are_listed_compared_and_taken_up_again(admin_client, destination):
    assert "Each saved change is kept." not in show(admin_client, destination)
    post(admin_client, destination, body="steps", **STEP)
    post(admin_client, destination, body="freemarker", template=SALE)
    post(admin_client, destination, body="freemarker", template=SALE)  # no change, no version
    post(admin_client, destination, body="none")
    text = show(admin_client, destination, "?compare=1")
    assert [text.count(words) for words in ("Use again", "Steps<small>", "FreeMarker<small>")] == [2, 1, 1]
    assert "admin</small>" in text
    assert "<del>- Steps\n</del>" in text
    assert "<ins>+ None\n</ins>" in text
    part = show(admin_client, destination, "?compare=2", HX_Request="true", HX_Target="versions")
    assert part.lstrip().startswith("<section")
    assert "<del>- {&quot;event_type&quot;: &quot;Sale&quot;" in part
    text = show(admin_client, destination, "?version=1")
    assert "Version 1 is in the editor." in text
    assert "data-changed" in text
    assert 'value="event_properties.number"' in text
    destination.refresh_from_db()
    assert destination.transformation == {}
    assert "Version" not in show(admin_client, destination, "?version=9").partition("<h2")[0]


def test_what_is_applied_is_a_version_too(destination):
    steps = {"steps": [{"step": "drop", "property": "event_properties.number"}]}
    save(destination.project, describe(destination) | {"transformation": steps}, destination)
    save(destination.project, describe(destination) | {"name": "Another"}, destination)
    made, _ = save(destination.project, describe(destination, with_secrets=True) | {"name": "Copy"})
    for one in (destination, made):
        (version,) = one.transformation_versions.all()
        assert (version.number, version.kind, version.transformation) == (1, "Steps", steps)
