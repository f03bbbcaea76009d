"""The Test tab: the request as a curl command, one real request, and what came of it."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from delivery.models import Attempt, Delivery
from delivery.trial_limit import MOST, may_send
from destinations.samples import keep_sample
from events.models import AuditEntry, Project
from tests.receiver import receiver
from tests.redis_elsewhere import redis_at

pytestmark = pytest.mark.django_db
SECRET = "Bearer sk_live_9f8e7d6c4f2a"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def hook():
    with receiver() as received:
        yield received


@pytest.fixture
def destination(make_destination, hook):
    return make_destination(
        name="Orders to CRM",
        url=hook.url,
        headers=[{"name": "Authorization", "value": SECRET, "secret": True}],
        payload={"mode": "template", "language": "jinja2", "template": '{"id": {{ input.user_id | tojson }}}'},
        filter={"event_types": ["Order Placed"]},
        enabled=False,
    )


@pytest.fixture
def tab(admin_client, destination):
    """Opens the tab, or posts to it where an `act` is given; returns the text."""

    def open_tab(act="", query="", headers=None, **given):
        url = reverse("destination_test", args=[destination.project.slug, destination.pk]) + query
        if act:
            response = admin_client.post(url, {"act": act, **given}, headers=headers)
        else:
            response = admin_client.get(url, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    return open_tab


class TestRequestShown:
    def test_as_a_command_with_the_secret_masked(self, tab, hook):
        text = tab()
        for words in ("curl -X POST", hook.url, "Authorization: ••••••••4f2a", "--data-raw", "user_1001"):
            assert words in text
        assert "sk_live" not in text
        assert hook.requests == []

    def test_secrets_on_demand_and_in_the_audit_trail(self, tab, destination):
        assert SECRET in tab("secrets", sample="built-in")
        entry = AuditEntry.objects.latest("pk")
        assert str(entry) == "admin looked at the secrets of destination Orders to CRM"
        assert (entry.object_id, entry.changes) == (destination.pk, [])

    def test_secrets_are_not_kept_by_the_browser(self, admin_client, destination):
        url = reverse("destination_test", args=[destination.project.slug, destination.pk])
        assert admin_client.post(url, {"act": "secrets"})["Cache-Control"] == "no-store"
        assert SECRET not in admin_client.get(url + "?act=secrets").content.decode()

    def test_of_the_newest_event_that_passes_the_filter(self, tab, make_events):
        wanted = make_events(1, "Order Placed")[0]
        make_events(1, "Page Viewed")
        text = tab()
        assert f'<option value="{wanted.pk}" selected>' in text
        assert "The filter lets this event pass." in text

    def test_of_any_event_with_the_filters_verdict(self, tab, make_events):
        other = make_events(1, "Page Viewed")[0]
        text = tab(query=f"?sample={other.pk}")
        assert f'<option value="{other.pk}" selected>' in text
        assert "event type is not Order Placed" in text

    def test_of_a_saved_sample(self, tab, destination):
        kept = keep_sample(destination, "A big order", '{"event_type": "Order Placed", "user_id": "somebody-else"}')
        text = tab(query=f"?sample=saved-{kept.pk}")
        assert f'<option value="saved-{kept.pk}" selected>A big order' in text
        assert "somebody-else" in text

    def test_choosing_without_scripts(self, admin_client, destination):
        url = reverse("destination_test", args=[destination.project.slug, destination.pk])
        assert admin_client.post(url, {"sample": "built-in"})["Location"] == f"{url}?sample=built-in"

    def test_what_the_template_reads(self, tab, destination):
        destination.template = (
            "{{ input.user_id }}\n{{ input.nothing }}{{ input.dma }}{{ parameters.key }}{{ input.user_id }}"
        )
        destination.save()
        text = tab(query="?sample=built-in")
        for words in ("input.nothing", "Not in this event", "Empty in this event", "Not declared", "lines 1, 2"):
            assert words in text

    def test_a_get_has_no_body(self, tab, destination):
        destination.method = "GET"
        destination.save()
        assert "--data-raw" not in tab()


class TestSending:
    def test_one_real_request(self, tab, hook, destination):
        hook.answer = b'{"taken": true}'
        text = tab("send", sample="built-in")
        (request,) = hook.requests
        assert (request.method, json.loads(request.body)) == ("POST", {"id": "user_1001"})
        assert request.headers["Authorization"] == SECRET
        assert "HTTP 200 OK" in text
        assert "taken" in text
        assert "sh-note is-ok" in text

    def test_an_error_is_not_tried_again_and_says_what_to_do(self, tab, hook):
        hook.script = lambda number: 503
        text = tab("send", headers=HTMX)
        assert len(hook.requests) == 1
        assert "HTTP 503 Service Unavailable" in text
        assert "has a fault of its own" in text
        assert "<html" not in text

    def test_it_is_in_no_log_and_counts_for_nothing(self, tab):
        tab("send")
        assert not Delivery.objects.exists()
        assert not Attempt.objects.exists()

    def test_an_answer_that_echoes_the_secret(self, tab, hook):
        hook.answer = json.dumps({"got": SECRET}).encode()
        text = tab("send")
        assert "sk_live" not in text
        assert "4f2a" in text

    @pytest.mark.parametrize("transport", ["curl", "requests"])
    def test_no_answer_in_words(self, tab, destination, settings, transport):
        settings.TRANSPORT = transport
        with receiver() as gone:
            destination.url = gone.url
        destination.save()
        text = tab("send")
        assert "No answer" in text
        assert "The destination took no connection." in text

    def test_who_sends_too_many_is_told(self, tab, hook, admin_user):
        for _ in range(MOST):
            may_send(admin_user.pk)
        text = tab("send")
        assert "Nothing was sent." in text
        assert hook.requests == []


PROBLEMS = {
    "no URL": ({"url": ""}, "The URL is empty"),
    "an address that is not allowed": ({"url": "http://10.0.0.8/"}, "is a private address"),
    "a template that fails": ({"template": "{{ input.a.b.c }}"}, "The payload template failed on this event."),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_cannot_be_sent_is_said_and_has_no_button(tab, destination, hook, name):
    changes, words = PROBLEMS[name]
    for field, value in changes.items():
        setattr(destination, field, value)
    destination.save()
    text = tab()
    assert words in text
    assert "Send test now" not in text
    assert "cannot be made yet" in tab("send")
    assert hook.requests == []


def test_the_original_event(tab, destination):
    destination.payload_mode = "raw"
    destination.save()
    text = tab()
    assert "$insert_id" in text
    assert "What the template reads" not in text


def test_of_another_project_it_is_not_there(admin_client, destination):
    other = Project.objects.create(name="Other")
    url = reverse("destination_test", args=[other.slug, destination.pk])
    assert admin_client.get(url).status_code == 404
    assert admin_client.post(url, {"act": "secrets"}).status_code == 404


def test_tests_are_counted_per_minute_and_person():
    assert all(may_send(1, moment=60.0 + n) for n in range(MOST))
    assert not may_send(1, moment=100.0)
    assert may_send(2, moment=100.0)
    assert may_send(1, moment=120.0)


def test_tests_are_counted_over_all_processes():
    """What one process holds in its own memory is not what counts."""
    for _ in range(MOST):
        may_send(1, moment=60.0)
        cache.clear()
    assert not may_send(1, moment=60.0)


def test_without_redis_tests_are_counted_all_the_same(monkeypatch):
    redis_at(monkeypatch)
    assert [may_send(1, moment=60.0) for _ in range(MOST + 1)] == [True] * MOST + [False]
