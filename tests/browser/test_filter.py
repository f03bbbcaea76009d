"""The Filter tab: conditions built, their effect seen, an event refused by them, and why."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from delivery.routing import Router
from destinations.models import Destination
from events.models import Event, Project
from tests.browser.conftest import Notes


@pytest.fixture
def address(make_destination: Callable[..., Destination]) -> str:
    made = make_destination(name="Large orders")
    return reverse("destination_filter", args=[made.project.slug, made.pk])


def test_two_conditions_their_effect_and_a_refusal_explained(
    page: Page, project: Project, address: str, make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    make_events(2, "Order Placed", total=120, currency="EUR")
    make_events(3, "Order Placed", total=20, currency="EUR")
    page.goto(address)
    expect(page.locator("#effect")).to_contain_text("5 of 5")

    page.get_by_label("Condition 1 property").fill("event_properties.total")
    page.get_by_label("Condition 1 operator").select_option("at least")
    expect(page.locator("#effect")).to_contain_text("The value is missing.")
    page.get_by_label("Condition 1 value").fill("50")
    expect(page.locator("#effect")).to_contain_text("2 of 5")
    expect(page.locator("#explanation")).to_contain_text("Would not be sent")

    page.get_by_role("button", name="Add condition", exact=True).click()
    expect(page.get_by_label("Condition 2 property")).to_be_focused()
    expect(page.get_by_label("Condition 1 value")).to_have_value("50")
    page.get_by_label("Condition 2 property").fill("event_properties.currency")
    page.get_by_label("Condition 2 operator").select_option("in list")
    page.get_by_label("Condition 2 value").fill("EUR\nUSD")
    expect(page.locator("#explanation")).to_contain_text("currency in list EUR, USD")
    page.get_by_role("button", name="Save changes").last.click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    expect(page.get_by_label("Condition 2 value")).to_have_value("EUR\nUSD")

    (event,) = make_events(1, "Order Placed", total=30, currency="EUR")
    Router().route()
    page.goto(reverse("event", args=[project.slug, event.pk]))
    expect(page.locator("#outcomes")).to_contain_text("Not sent: total is 30, not at least 50")
    page.get_by_role("link", name="Explain").click()
    expect(page.locator("#explanation")).to_contain_text("Would not be sent")
    expect(page.locator("#explanation li").first).to_contain_text("total at least 50")
    expect(page.locator("#id_event")).to_have_value(str(event.pk))
    assert notes.console == []


def test_rows_are_shaped_by_their_operator_and_discarded_with_the_rest(page: Page, address: str, notes: Notes) -> None:
    page.goto(address)
    value, upper = page.get_by_label("Condition 1 value"), page.get_by_label("Condition 1 highest value")
    expect(upper).to_be_hidden()
    page.get_by_label("Condition 1 operator").select_option("between")
    expect(upper).to_be_visible()
    page.get_by_label("Condition 1 operator").select_option("is set")
    expect(value).to_be_hidden()
    page.get_by_role("button", name="Add group").click()
    page.get_by_role("button", name="Add condition to group 2").click()
    expect(page.get_by_label("Condition 2.2 property")).to_be_focused()
    page.get_by_role("button", name="Remove condition 2.1").click()
    expect(page.get_by_label("Condition 2.1 property")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_label("Condition 2.2 property")).to_have_count(0)
    expect(page.get_by_role("button", name="Discard")).to_be_hidden()
    assert notes.console == []


def test_without_scripts_rows_are_added_and_saved(open_context: Callable[..., BrowserContext], address: str) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(address)
    page.get_by_label("Condition 1 property").fill("country")
    page.get_by_label("Condition 1 value").fill("Germany")
    page.get_by_role("button", name="Add condition", exact=True).click()
    expect(page.get_by_label("Condition 1 value")).to_have_value("Germany")
    page.get_by_label("Condition 2 property").fill("city")
    page.get_by_label("Condition 2 operator").select_option("is set")
    page.get_by_label("Condition 2 property").press("Enter")
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    expect(page.get_by_label("Condition 2 property")).to_have_value("city")
    assert Destination.objects.get().filter["conditions"][1] == {"property": "city", "operator": "is set"}
