from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from delivery.models import Attempt, Delivery, State, Verdict
from delivery.routing import Router
from destinations.models import Destination
from events.models import Project

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def delivery(make_destination, make_events):
    make_destination(name="Orders to CRM")
    make_events()
    Router().route()
    return Delivery.objects.select_related("project", "destination", "event").get()


@pytest.fixture
def page(admin_client, project):
    """Opens a page of the project by its name and returns its text."""

    def get(name, *arguments, query="", status=200, **extra):
        response = admin_client.get(reverse(name, args=[project.slug, *arguments]) + query, **extra)
        assert response.status_code == status
        return response.content.decode()

    return get


def attempt(delivery, **columns):
    tries = [{"at": 0, "ms": 12, "status": columns.get("status"), "error": ""}]
    given = {"number": 1, "started_at": now(), "duration_ms": 12, "tries": tries, "request_method": "POST"}
    return Attempt.objects.create(delivery=delivery, **(given | {"request_url": "http://x.example/"} | columns))


PAGES = ["deliveries", "destinations", "events"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_who_is_there(client, project, name):
    response = client.get(reverse(name, args=[project.slug]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("name", ["delivery", "delivery_state", "event", "destination"])
def test_a_thing_of_another_project_is_not_there(admin_client, delivery, name):
    other = Project.objects.create(name="Other")
    pk = {"event": delivery.event_id, "destination": delivery.destination_id}.get(name, delivery.pk)
    assert admin_client.get(reverse(name, args=[other.slug, pk])).status_code == 404
    assert admin_client.get(reverse(name, args=[delivery.project.slug, pk])).status_code == 200


@pytest.mark.parametrize("name", ["delivery_retry", "destination_switch", "destination_delete", "destination_preview"])
def test_nothing_changes_by_a_get(admin_client, delivery, name):
    pk = delivery.pk if name == "delivery_retry" else delivery.destination_id
    assert admin_client.get(reverse(name, args=[delivery.project.slug, pk])).status_code == 405


# -- the log -----------------------------------------------------------------------------------------------------------


def test_the_log_says_what_to_do_while_there_is_nothing(page, project):
    assert "Nothing has been sent yet" in page("deliveries")
    assert "No deliveries match" in page("deliveries", query="?state=failed")


def test_the_log_lists_and_filters(page, delivery):
    assert "Orders to CRM" in page("deliveries")
    assert "user-1" in page("deliveries", query="?state=waiting&type=Order+Placed&q=user-1&range=1")
    assert "No deliveries match" in page("deliveries", query="?state=delivered")


@pytest.mark.parametrize(
    "query", ["?destination=999", "?state=nonsense", "?range=x", "?before=abc", "?before=" + "9" * 30]
)
def test_a_query_that_makes_no_sense_is_no_filter(page, delivery, query):
    assert "user-1" in page("deliveries", query=f"?{query}")


@pytest.mark.parametrize("query", ["?q=%00", "?type=%00", "?q=" + "x" * 600])
def test_text_that_no_event_can_have_finds_nothing_or_all(page, delivery, query):
    page("deliveries", query=query)


def test_htmx_gets_the_rows_alone(admin_client, delivery):
    response = admin_client.get(reverse("deliveries", args=[delivery.project.slug]), **HTMX)
    assert response.content.decode().lstrip().startswith('<div id="rows"')
    assert "HX-Request" in response["Vary"]


def test_pages_follow_by_key_and_keep_the_filter(page, project, delivery, make_events):
    make_events(30)
    Router().route()
    text = page("deliveries", query="?state=waiting")
    oldest = Delivery.objects.order_by("-pk")[24].pk
    assert f"state=waiting&amp;before={oldest}" in text
    assert 'rel="prev"' not in text
    assert 'rel="prev"' in page("deliveries", query=f"?state=waiting&before={oldest}")


# -- a delivery --------------------------------------------------------------------------------------------------------

NOTES = [
    ({"state": State.QUEUED}, "In the queue."),
    ({"state": State.RETRYING, "next_attempt_at": now() + timedelta(days=1)}, "Next attempt"),
    ({"state": State.RETRYING, "next_attempt_at": now()}, "The next attempt is being made."),
    ({"state": State.FAILED, "next_attempt_at": None}, "Waiting can’t cure this"),
    (
        {"state": State.EXPIRED, "next_attempt_at": None, "attempts_made": 10, "last_error": "503 Service Unavailable"},
        "Gave up after 10 attempts.",
    ),
]


@pytest.mark.parametrize(("columns", "words"), NOTES)
def test_a_delivery_says_how_it_stands(page, delivery, columns, words):
    Delivery.objects.filter(pk=delivery.pk).update(**columns)
    assert words in page("delivery", delivery.pk)


@pytest.mark.parametrize("columns", [columns for columns, _ in NOTES] + [{"state": State.DELIVERED}])
def test_polling_ends_with_the_delivery(page, delivery, columns):
    Delivery.objects.filter(pk=delivery.pk).update(**columns)
    text = page("delivery_state", delivery.pk, **HTMX)
    assert ("data-poll" in text) == (columns["state"] in (State.QUEUED, State.RETRYING))


def test_waiting_for_a_destination_that_is_off(page, delivery):
    Destination.objects.update(enabled=False)
    assert "Waiting: this destination is switched off." in page("delivery", delivery.pk)


def test_an_attempt_shows_request_answer_and_advice(page, delivery):
    attempt(
        delivery,
        status=422,
        error_kind="status",
        request_headers=[["Authorization", "••••••••4f2a"]],
        request_body='{"id": 1}',
        response_headers=[["x-request-id", "b81f"]],
        response_body="<script>alert(1)</script>",
    )
    text = page("delivery", delivery.pk)
    for words in ("HTTP 422", "refused its content", "••••••••4f2a", "b81f", "&lt;script&gt;alert(1)", "12 ms"):
        assert words in text
    assert "<script>alert" not in text


TWO_TRIES = [{"at": 0, "ms": 5, "status": 503, "error": ""}, {"at": 0, "ms": 6, "status": 200, "error": ""}]


@pytest.mark.parametrize(
    ("earlier", "words"),
    [
        (
            [{"headers": [["X-Node", "b7"]], "body": "too busy", "cut": True}],
            ["too busy", "b7", "first 4 KiB are kept"],
        ),
        ([None], ["fine", "The answer was the same as the last try’s."]),
        (None, ["Of this try only the status is kept."]),
    ],
    ids=["its own", "the last one's", "made before"],
)
def test_an_earlier_try_shows_its_answer(page, delivery, earlier, words):
    made = attempt(delivery, status=200, tries=TWO_TRIES, response_body="fine", earlier_answers=earlier)
    assert "fine" in page("delivery", delivery.pk)
    text = page("delivery", delivery.pk, query=f"?attempt={made.pk}&try=1")
    assert [each for each in words if each not in text] == []


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({"request_bytes": 123_456}, "The body had 123,456 bytes. Its first 64 KiB are kept"),
        ({"response_cut": True}, "The answer went on. Its first 64 KiB are kept."),
        ({"removed": True}, "The bodies of requests and answers were removed"),
    ],
    ids=["request", "response", "removed"],
)
def test_what_is_not_kept_in_full_is_said(page, delivery, notes, words):
    attempt(delivery, status=200, notes=notes)
    assert words in page("delivery", delivery.pk)


def test_whose_headers_are_shown_for_an_earlier_try(page, delivery):
    made = attempt(delivery, status=200, tries=TWO_TRIES, request_headers=[["webhook-signature", "v1,abc"]])
    words = "Time, signature and access token are made anew for each"
    assert words not in page("delivery", delivery.pk)
    assert words in page("delivery", delivery.pk, query=f"?attempt={made.pk}&try=1")


def test_retry_now(admin_client, delivery):
    Delivery.objects.filter(pk=delivery.pk).update(state=State.EXPIRED, attempts_made=10, next_attempt_at=None)
    url = reverse("delivery_retry", args=[delivery.project.slug, delivery.pk])
    text = admin_client.post(url, follow=True).content.decode()
    assert "Sending it again." in text
    delivery.refresh_from_db()
    assert delivery.state == State.RETRYING


def test_retry_now_says_why_not(admin_client, delivery):
    Destination.objects.update(enabled=False)
    url = reverse("delivery_retry", args=[delivery.project.slug, delivery.pk])
    assert "is switched off. Switch it on, then retry." in admin_client.post(url, follow=True).content.decode()


# -- an event ----------------------------------------------------------------------------------------------------------


def test_an_event_shows_its_deliveries_and_who_refused_it(page, delivery, make_destination):
    refusing = make_destination(name="Only pages", filter={"event_types": ["Page Viewed"]})
    Verdict.objects.create(event_id=delivery.event_id, refusals={str(refusing.pk): "event type is not Page Viewed"})
    text = page("event", delivery.event_id)
    for words in ("Order Placed", "Orders to CRM", "Queued", "Only pages", "Not sent: event type is not Page Viewed"):
        assert words in text
    explanation = reverse("destination_filter", args=[delivery.project.slug, refusing.pk])
    assert f"{explanation}?event={delivery.event_id}#explain" in text
    assert "data-poll" in page("event", delivery.event_id, **HTMX)


def test_an_event_that_nobody_wanted(page, project, make_events):
    (event,) = make_events()
    assert "Being routed" in page("event", event.pk)
    event.received_at -= timedelta(hours=1)
    event.save()
    assert "no worker has taken it up" in page("event", event.pk)
    Router().route()
    assert "There is no destination yet." in page("event", event.pk)


# -- the list of destinations, and their switches ----------------------------------------------------------------------


def test_no_destination_yet(page, project):
    assert "Nowhere to send events yet" in page("destinations")


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_switch_off_and_on(admin_client, delivery, extra):
    url = reverse("destination_switch", args=[delivery.project.slug, delivery.destination_id])
    for data, enabled in (({}, False), ({"enabled": "on"}, True)):
        assert admin_client.post(url, data, **extra).status_code == (200 if extra else 302)
        delivery.destination.refresh_from_db()
        assert delivery.destination.enabled is enabled


def test_switching_on_what_is_not_ready_leads_to_the_list_of_to_dos(admin_client, make_destination, project):
    unready = make_destination(enabled=False, url="")
    url = reverse("destination_switch", args=[project.slug, unready.pk])
    plain, htmx = (admin_client.post(url, {"enabled": "on"}, **extra) for extra in ({}, HTMX))
    assert plain["Location"] == htmx["HX-Redirect"] == unready.get_absolute_url() + "#ready"
    assert "The URL is empty" in admin_client.get(unready.get_absolute_url()).content.decode()
    unready.refresh_from_db()
    assert not unready.enabled


def test_on_its_own_page_the_switch_stays_there(admin_client, make_destination, project):
    unready = make_destination(enabled=False, url="")
    url = reverse("destination_switch", args=[project.slug, unready.pk])
    response = admin_client.post(url, {"enabled": "on", "ready": ""}, HTTP_HX_TARGET="switch", **HTMX)
    assert "stays off" in response["HX-Trigger"]
    assert 'id="ready"' in response.content.decode()


def test_deleting_asks_for_the_name(admin_client, delivery, make_destination):
    other = make_destination(name="Other")
    url = reverse("destination_delete", args=[delivery.project.slug, delivery.destination_id])
    assert "Nothing was deleted" in admin_client.post(url, {"expect": "orders"}, follow=True).content.decode()
    assert Destination.objects.count() == 2
    assert "was deleted" in admin_client.post(url, {"expect": "Orders to CRM"}, follow=True).content.decode()
    assert Destination.objects.get() == other
