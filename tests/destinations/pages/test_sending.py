"""The Sending tab: what it shows, what it saves, and what it says."""

import pytest
from django.urls import reverse

from destinations.models import Destination
from destinations.specification import InvalidDestination, describe, save

pytestmark = pytest.mark.django_db

UNTOUCHED = {"retries": "amplitude", "waits": "", "final_statuses": "", "limit": "", "per": "second"}
UNTOUCHED |= {"concurrency": "10", "pause_at": "95"}


@pytest.fixture
def destination(make_destination):
    return make_destination(name="Orders")


@pytest.fixture
def post(admin_client, destination):
    def send(**fields):
        url = reverse("destination_sending", args=[destination.project.slug, destination.pk])
        return admin_client.post(url, UNTOUCHED | fields, follow=True).content.decode()

    return send


@pytest.mark.parametrize(
    ("fields", "stored"),
    [
        ({}, {}),
        ({"retries": "quick"}, {"retries": "quick"}),
        ({"retries": "standard-webhooks"}, {"retries": "standard-webhooks"}),
        ({"retries": "own", "waits": "30, 5 min, 2h"}, {"retries": [30, 300, 7200]}),
        ({"retries": "own"}, {"retries": []}),
        ({"final_statuses": "410, 404"}, {"final_statuses": [404, 410]}),
        ({"limit": "30", "per": "minute"}, {"rate_limit": {"requests": 30, "per": "minute"}}),
        ({"concurrency": "1", "ordered": "on"}, {"concurrency": 1, "ordered": True}),
        ({"pause_at": ""}, {"pause_at": False}),
        ({"batch": "on", "batch_split": "on"}, {"batch": {}}),
        (
            {"batch": "on", "batch_events": "20", "batch_wait": "2.5"},
            {"batch": {"events": 20, "wait": 2.5, "split": False}},
        ),
        ({"batch_events": "20"}, {}),
        (
            {"batch": "on", "batch_split": "on", "batch_format": "object", "batch_key": "batch"},
            {"batch": {"format": "object", "key": "batch"}},
        ),
        ({"batch": "on", "batch_split": "on", "batch_format": "list", "batch_key": "old"}, {"batch": {}}),
    ],
)
def test_what_is_saved(post, fields, stored):
    assert "Saved." in post(**fields)
    assert Destination.objects.get().sending == stored


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"retries": "own", "waits": "30, soon"}, "“soon” is no wait"),
        ({"retries": "own", "waits": "30, 0"}, "Wait 2: Write a number of seconds"),
        ({"final_statuses": "gone"}, "“gone” is no status"),
        ({"final_statuses": "200"}, "Write a status from 300 to 599."),
        ({"limit": "0"}, "1 to 10,000"),
        ({"concurrency": "101"}, "from 1 to 100"),
        ({"pause_at": "20"}, "from 50 to 100"),
        ({"batch": "on", "batch_events": "1001"}, "from 1 to 1,000"),
        ({"batch": "on", "batch_format": "object"}, "Write the key that the list stands under"),
    ],
)
def test_what_is_refused_is_said_and_nothing_saved(post, fields, words):
    text = post(**fields)
    assert words in text.replace("&#x27;", "'")
    assert Destination.objects.get().sending == {}


def test_it_shows_what_is_stored(admin_client, destination):
    sending = {"retries": [60, 90], "rate_limit": {"requests": 5, "per": "second"}, "ordered": True}
    save(destination.project, describe(destination) | {"sending": sending}, destination)
    url = reverse("destination_sending", args=[destination.project.slug, destination.pk])
    text = admin_client.get(url).content.decode()
    assert 'value="1 min, 90 s"' in text
    assert "up to 2 more over 2 minutes" in text


def test_a_schedule_brings_its_own_statuses_and_takes_them_along(post):
    post(retries="standard-webhooks")
    post(retries="quick", final_statuses="410")
    assert Destination.objects.get().sending == {"retries": "quick"}


def test_a_kind_may_say_how_its_batches_look_and_how_many_it_takes(admin_client, project):
    values = {"endpoint": "https://rest.iad-01.braze.com", "api_key": "a-key-1234567"}
    given = {"name": "Braze", "kind": "braze", "parameters": values}
    made, _ = save(project, given | {"sending": {"batch": True}})
    page = admin_client.get(reverse("destination_sending", args=[project.slug, made.pk])).content.decode()
    assert "As Braze wants it" in page
    with pytest.raises(InvalidDestination, match="takes at most 50 events"):
        save(project, given | {"sending": {"batch": {"events": 60}}}, made)


def test_cohorts_and_requests_without_a_body_have_no_batches(project, make_destination):
    with pytest.raises(InvalidDestination, match="have no body"):
        make_destination(method="GET", sending={"batch": True})
    given = {"name": "C", "kind": "cohort-webhook", "sending": {"batch": True}}
    with pytest.raises(InvalidDestination, match="many members"):
        save(project, given)


SLACK = {"name": "Chat", "kind": "slack", "parameters": {"webhook_url": "https://hooks.slack.com/services/T0/B0/abc"}}
ONE = "Slack takes one event in each request."


def test_a_kind_whose_service_takes_one_event_has_no_batches(admin_client, project):
    for batch in (True, {"format": "lines"}):
        with pytest.raises(InvalidDestination) as refused:
            save(project, SLACK | {"sending": {"batch": batch}})
        assert [(one.field, one.message) for one in refused.value.problems] == [
            ("sending.batch", f"{ONE} Leave the batch out.")
        ]
    made, _ = save(project, SLACK | {"sending": {"batch": False}})
    page = reverse("destination_sending", args=[project.slug, made.pk])
    text = admin_client.get(page).content.decode()
    assert ONE in text
    assert 'name="batch"' not in text


def test_batches_of_before_are_off_once_it_is_saved(admin_client, project):
    made, _ = save(project, SLACK)
    Destination.objects.filter(pk=made.pk).update(sending={"batch": {}})
    page = reverse("destination_sending", args=[project.slug, made.pk])
    assert "they are off once you save" in admin_client.get(page).content.decode()
    assert "Saved." in admin_client.post(page, UNTOUCHED, follow=True).content.decode()
    made.refresh_from_db()
    assert made.sending == {}


def test_plain_kinds_leave_it_to_their_user(project):
    given = {"name": "R", "kind": "rudderstack-webhook", "url": "https://example.com/", "sending": {"batch": True}}
    assert save(project, given)[0].sending == {"batch": {}}
