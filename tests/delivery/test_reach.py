"""Messages that say where they may go: what is routed, what is remembered of the others, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delivery.backfill import Window, next_events
from delivery.models import Delivery, Verdict
from delivery.routing import Router
from destinations.specification import describe
from tests.events.dialects.segment import arrived, send

__all__ = ["arrived", "send"]
DENIED = {"consentManagement": {"provider": "oneTrust", "deniedConsentIds": ["C2"]}}
NEEDED = [{"provider": "oneTrust", "ids": ["C2"]}]


@pytest.fixture
def page(admin_client, project):
    return lambda name, *args: admin_client.get(reverse(name, args=[project.slug, *args])).content.decode()


def test_by_name_and_why_not_the_others(arrived, make_destination, page):
    crm, other = make_destination(name="CRM"), make_destination(name="Other")
    event = arrived(integrations={"All": False, "CRM": True})
    Router().route()
    assert set(Delivery.objects.values_list("destination_id", flat=True)) == {crm.pk}
    words = "the message's integrations are for named destinations only, and “Other” is none of them."
    assert Verdict.objects.get(event_id=event.pk).refusals == {str(other.pk): words}
    text = page("event", event.pk)
    assert "named destinations only" in text
    assert "Backfill" not in text


def test_by_the_name_of_the_kind(arrived, make_destination):
    make_destination(name="CRM")
    arrived(integrations={"Webhook": False})
    assert Router().route().deliveries == 0


def test_consent(arrived, make_destination, page):
    needing, free = make_destination(name="Ads", consent=NEEDED), make_destination(name="Own")
    event = arrived(context=DENIED)
    Router().route()
    assert set(Delivery.objects.values_list("destination_id", flat=True)) == {free.pk}
    assert "its user has denied consent to “C2”" in page("event", event.pk).replace("&#x27;", "'")
    assert next_events(Window(needing.pk), 0, event.pk, 10)[0] == []


def test_a_change_of_consents_counts_from_the_next_batch_on(arrived, make_destination, project):
    destination, router = make_destination(name="Ads"), Router()
    arrived(context=DENIED)
    assert router.route().deliveries == 1
    destination.consent = NEEDED
    destination.save()
    arrived(context=DENIED)
    assert router.route().deliveries == 0


def test_it_costs_no_query(arrived, make_destination, make_events):
    make_destination(consent=NEEDED)
    router = Router()
    counts = []
    for prepare in (make_events, arrived, lambda: arrived(context=DENIED, integrations={"All": False})):
        prepare()
        with CaptureQueriesContext(connection) as queries:
            router.route()
        counts.append(len(queries))
    assert counts[1] <= counts[0]
    assert counts[2] <= counts[1] + 1  # its verdict


def test_the_form_and_the_file_say_the_same(admin_client, project, make_destination):
    destination = make_destination()
    address = reverse("destination_filter", args=[project.slug, destination.pk])
    form = {"events": "all", "match": "all", "topics": ["event.track"]}
    answer = admin_client.post(
        address, form | {"consent_oneTrust": " C2, C3", "consent_custom": "ads", "consent_strategy": "or"}
    )
    assert answer.status_code == 302
    destination.refresh_from_db()
    expected = [
        {"provider": "oneTrust", "ids": ["C2", "C3"]},
        {"provider": "custom", "ids": ["ads"], "strategy": "or"},
    ]
    assert destination.consent == describe(destination)["consent"] == expected
    shown = admin_client.get(address).content.decode()
    assert 'value="C2, C3"' in shown
    answer = admin_client.post(address, form | {"consent_ketch": "x" * 101})
    assert "At most 100" in answer.content.decode()


def test_the_explanation_says_so_too(arrived, make_destination, admin_client, project):
    destination = make_destination(name="CRM")
    event = arrived(integrations={"CRM": False})
    address = reverse("destination_filter", args=[project.slug, destination.pk])
    text = admin_client.get(address, {"event": event.pk}).content.decode()
    assert "Would not be sent" in text
    assert "integrations say no to “CRM”" in text
