import json

import pytest
from django.urls import reverse

from destinations.models import Destination, PayloadMode
from destinations.specification import describe
from events.models import Project

pytestmark = pytest.mark.django_db
SECRET = "Bearer sk_live_9f8e7d6c4f2a"
KEPT = "••••••••4f2a"


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
def form(destination):
    """What the setup page sends back when nothing was touched."""
    return {
        "name": "Orders to CRM",
        "method": "POST",
        "url": "https://example.com/hook",
        "body": "raw",
        "template": "",
        "events": "chosen",
        "event_types": ["Order Placed"],
        "more_types": "",
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
    }


@pytest.fixture
def submit(admin_client, destination, form):
    """Sends the setup form with some fields changed; returns the page's text, or None where it was saved."""

    def send(**changes):
        response = admin_client.post(destination.get_absolute_url(), form | changes)
        return None if response.status_code == 302 else response.content.decode()

    return send


def stored(destination):
    return describe(Destination.objects.get(pk=destination.pk), with_secrets=True)


def test_untouched_it_changes_nothing(submit, destination):
    before = stored(destination)
    assert submit() is None
    assert stored(destination) == before


def test_the_page_shows_what_is_stored_and_no_secret(admin_client, destination):
    text = admin_client.get(destination.get_absolute_url()).content.decode()
    assert "sk_live" not in text
    for words in (
        "Orders to CRM",
        KEPT,
        "X-Source",
        "streamhub",
        "Content-Type",
        "StreamHub/Webhook/1.0",
        "9 more over",
    ):
        assert words in text


CHANGES = {
    "name": ({"name": " New name "}, lambda s: s["name"], "New name"),
    "method": ({"method": "PUT"}, lambda s: s["method"], "PUT"),
    "url in its normal form": (
        {"url": "https://EXAMPLE.com/x%20y"},
        lambda s: s["url"],
        "https://example.com/x%20y",
    ),
    "typing replaces a secret": (
        {"header-0-value": "Bearer new"},
        lambda s: s["headers"][0],
        {"name": "Authorization", "value": "Bearer new", "secret": True},
    ),
    "a plain value becomes a secret": (
        {"header-1-secret": "on"},
        lambda s: s["headers"][1],
        {"name": "X-Source", "value": "streamhub", "secret": True},
    ),
    "a cleared row goes": ({"header-1-name": "", "header-1-value": ""}, lambda s: len(s["headers"]), 1),
    "a row is added": (
        {"header-2-name": "X-New", "header-2-value": "1"},
        lambda s: [h["name"] for h in s["headers"]],
        ["Authorization", "X-Source", "X-New"],
    ),
    "a template": (
        {"body": "jinja2", "template": "{\r\n}"},
        lambda s: s["payload"],
        {"mode": "template", "language": "jinja2", "template": "{\n}"},
    ),
    "all events": ({"events": "all"}, lambda s: s["filter"], {}),
    "typed events": (
        {"more_types": "A\r\n\r\n B "},
        lambda s: s["filter"],
        {"event_types": ["Order Placed", "A", "B"]},
    ),
    "timeouts": (
        {"connect_timeout": "1.5", "total_timeout": "20"},
        lambda s: s["timeouts"],
        {"connect": 1.5, "total": 20.0},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_saves(submit, destination, name):
    changes, read, expected = CHANGES[name]
    assert submit(**changes) is None
    assert read(stored(destination)) == expected


WRONG = {
    "no name": ({"name": ""}, "Give the destination a name."),
    "no http": ({"url": "ftp://example.com/"}, "must begin with https://"),
    "a private address": ({"url": "http://10.0.0.8/"}, "is a private address"),
    "no method of ours": ({"method": "TRACE"}, "is not one of GET"),
    "a header name": ({"header-2-name": "X Y", "header-2-value": "1"}, "is not a header name"),
    "a preset header": ({"header-2-name": "User-Agent", "header-2-value": "me"}, "is preset"),
    "a header twice": ({"header-2-name": "x-source", "header-2-value": "1"}, "occurs twice"),
    "a value without a name": ({"header-2-value": "1"}, "has no name"),
    "a secret under another name": ({"header-0-name": "X-Other"}, "has no value. Type it."),
    "a secret for another host": ({"url": "https://evil.example/"}, "has to be typed again"),
    "a template": ({"body": "jinja2", "template": "{% if %}"}, "this can’t be rendered"),
    "no event type": ({"event_types": []}, "nothing would be sent"),
    "a timeout that is no number": ({"connect_timeout": "soon"}, "Enter a number."),
    "a timeout out of bounds": ({"total_timeout": "600"}, "from 1 to 60"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses_in_words_and_saves_nothing(submit, destination, name):
    changes, words = WRONG[name]
    before = stored(destination)
    text = submit(**changes)
    assert words in text
    assert "Nothing was saved." in text
    assert stored(destination) == before


def test_a_sixth_header_is_refused(submit, destination):
    rows = {f"header-{n}-{part}": f"X-{n}" for n in range(2, 6) for part in ("name", "value")}
    text = submit(**rows)
    assert "There are 6 extra headers; at most 5 are allowed." in text
    assert "6 of 5 extra headers used" in text


def test_five_headers_leave_no_blank_row(submit, admin_client, destination):
    submit(**{f"header-{n}-{part}": f"X-{n}" for n in range(2, 5) for part in ("name", "value")})
    text = admin_client.get(destination.get_absolute_url()).content.decode()
    assert "5 of 5 extra headers used" in text
    assert 'name="header-5-name"' not in text


def test_unticking_does_not_uncover_a_secret(submit, form, admin_client, destination):
    del form["header-0-secret"]
    assert submit() is None
    assert stored(destination)["headers"][0] == {"name": "Authorization", "value": SECRET, "secret": True}
    assert "sk_live" not in admin_client.get(destination.get_absolute_url()).content.decode()


def test_what_was_typed_stays_when_it_is_refused(submit):
    text = submit(name="Typed name", url="nonsense", **{"header-2-name": "X-New", "header-2-value": "typed value"})
    for words in ("Typed name", "nonsense", "X-New", "typed value", KEPT, 'aria-invalid="true"'):
        assert words in text


def test_several_problems_are_listed_with_links(submit):
    text = submit(name="", url="nonsense")
    assert "2 fields need a look" in text
    assert 'href="#id_url"' in text


def test_a_template_is_kept_while_the_original_event_is_sent(submit, destination):
    submit(body="jinja2", template='{"a": 1}')
    submit(body="raw", template='{"a": 1}')
    kept = Destination.objects.get(pk=destination.pk)
    assert (kept.payload_mode, kept.language, kept.template) == (PayloadMode.RAW, "jinja2", '{"a": 1}')


@pytest.mark.parametrize(("method", "is_said"), [("GET", True), ("DELETE", True), ("POST", False)])
def test_a_method_without_a_body_says_so(submit, admin_client, destination, method, is_said):
    submit(method=method)
    text = admin_client.get(destination.get_absolute_url()).content.decode()
    assert ("request has no body" in text) == is_said


# -- the preview -------------------------------------------------------------------------------------------------------


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
    assert "hello &lt;b&gt;" in text
    assert marks == []


# -- new ---------------------------------------------------------------------------------------------------------------


def test_a_new_one_starts_switched_off_and_leads_to_its_setup(admin_client, project):
    url = reverse("destination_new", args=[project.slug])
    assert "It starts switched off." in admin_client.get(url).content.decode()
    response = admin_client.post(url, {"name": "Orders to CRM"})
    made = project.destinations.get()
    assert response["Location"] == made.get_absolute_url()
    assert not made.enabled
    assert "Ready to enable?" in admin_client.get(made.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("name", "words"), [("", "This field is required."), ("Orders to CRM", "already has a destination")]
)
def test_a_name_that_cannot_be_taken(admin_client, destination, name, words):
    url = reverse("destination_new", args=[destination.project.slug])
    assert words in admin_client.post(url, {"name": name}).content.decode()
    assert Destination.objects.count() == 1


def test_another_project_cannot_touch_it(admin_client, destination, form):
    other = Project.objects.create(name="Other")
    for name in ("destination", "destination_preview", "destination_delete", "destination_switch"):
        url = reverse(name, args=[other.slug, destination.pk])
        assert admin_client.post(url, form | {"expect": destination.name}).status_code == 404
    assert Destination.objects.get() == destination
