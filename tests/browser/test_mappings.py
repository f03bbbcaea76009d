"""The Mappings tab: choosing what is forwarded, by eye and by keyboard."""

import json
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from destinations.models import Destination
from destinations.payloads import compile_payload
from events.models import Event
from tests.browser.conftest import Notes


def test_chosen_properties_are_all_that_is_sent(
    page: Page, make_destination: Callable[..., Destination], make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    (event,) = make_events(1, total=5, email="u@example.com")
    made = make_destination(name="Orders")
    page.goto(reverse("destination_mappings", args=[made.project.slug, made.pk]))
    expect(page.get_by_label("total")).to_be_hidden()
    page.get_by_role("radio", name="Forward all").first.press("ArrowRight")
    page.get_by_label("total").press("Space")
    page.get_by_label("Other event properties").fill("currency")
    page.get_by_role("button", name="Add change").press("Enter")
    page.get_by_label("Step 1 property").fill("event_properties.total")
    page.get_by_label("Step 1 step").select_option("Rename to")
    page.get_by_label("Step 1 value").fill("amount")
    page.get_by_role("button", name="Add change").click()
    page.get_by_label("Step 2 property").fill("event_type")
    page.get_by_label("Step 2 step").select_option("Upper-case")
    expect(page.get_by_label("Step 2 value")).to_be_hidden()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    expect(page.get_by_label("currency")).to_be_checked()
    made.refresh_from_db()
    assert made.mappings["properties"] == {"event": ["total", "currency"]}
    sent = json.loads(compile_payload(made)(event.data))
    assert (sent["event_type"], sent["event_properties"]) == ("ORDER PLACED", {"amount": 5})
    assert notes.console == []
