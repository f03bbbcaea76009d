"""What people do most, in a browser that runs no scripts."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from delivery.models import Delivery, State
from destinations.models import Destination
from events.models import Event, Project


@pytest.fixture
def plain(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context(java_script_enabled=False).new_page()


def test_from_the_catalog_to_enabled(
    plain: Page, project: Project, make_events: Callable[..., list[Event]], make_destination: Callable[..., Destination]
) -> None:
    make_events(1, total=5)
    plain.goto(reverse("catalog", args=[project.slug]))
    plain.get_by_role("link", name="Create sync to Webhook").click()
    plain.get_by_label("Sync name").fill("Orders to CRM")
    plain.get_by_role("button", name="Create sync").click()
    plain.get_by_label("URL").fill("http://10.1.2.3/hook")
    save(plain)
    expect(plain.get_by_text("“10.1.2.3” is a private address").last).to_be_visible()
    plain.get_by_label("URL").fill("https://example.com/hook")
    save(plain, "Saved.")

    open_tab(plain, "Filter")
    plain.get_by_text("Chosen events").click()
    plain.get_by_label("Order Placed").check()
    save(plain, "Saved.")

    open_tab(plain, "Mappings")
    plain.get_by_text("Chosen ones", exact=True).first.click()
    plain.get_by_label("total").check()
    save(plain, "Saved.")

    open_tab(plain, "Payload")
    plain.get_by_text("FreeMarker", exact=True).first.click()
    plain.get_by_label("Payload template").fill("${input.user_id")
    save(plain, button="Save template")
    expect(plain.locator("#preview-note")).to_contain_text("Line 1")
    plain.get_by_label("Payload template").fill('{"id": "${input.user_id}"}')
    plain.get_by_role("button", name="Try it").click()
    expect(plain.locator("#trial")).to_contain_text("Tried on 1 event")
    save(plain, "Saved.", "Save template")

    plain.get_by_role("switch", name="Off").check()
    plain.get_by_role("button", name="Apply").click()
    expect(plain.get_by_role("switch", name="Enabled")).to_be_checked()
    made = Destination.objects.get()
    assert made.enabled
    assert (made.filter, made.template) == ({"event_types": ["Order Placed"]}, '{"id": "${input.user_id}"}')
    assert made.mappings == {"properties": {"event": ["total"]}}


def test_lists_are_filtered(plain: Page, busy: Project) -> None:
    plain.goto(reverse("deliveries", args=[busy.slug]))
    plain.get_by_label("Status").select_option("Failed")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator("#rows tbody tr")).to_have_count(3)
    plain.get_by_role("link", name="Clear", exact=True).click()
    plain.goto(reverse("events", args=[busy.slug]))
    plain.get_by_label("Event type").fill("No Such")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.get_by_role("link", name="Order Placed")).to_have_count(0)


def test_a_delivery_is_sent_again(plain: Page, busy: Project) -> None:
    failed = Delivery.objects.filter(project=busy, state=State.FAILED)[0]
    plain.goto(failed.get_absolute_url())
    plain.get_by_role("button", name="Send again").first.click()
    expect(plain.get_by_text("The next attempt is being made.")).to_be_visible()
    failed.refresh_from_db()
    assert failed.state == State.RETRYING


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Destination", exact=True).get_by_role("link", name=name).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


def save(page: Page, words: str = "", button: str = "Save changes") -> None:
    page.get_by_role("button", name=button).last.click()
    if words:
        expect(page.locator(".sh-toast").first).to_contain_text(words)
