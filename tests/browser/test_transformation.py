"""The Transformation tab: writing one, seeing what it makes, and saving it."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from destinations.models import Destination
from events.models import Event
from tests.browser.conftest import Notes

TEMPLATE = '{"event_type": "Sale", "total": {{ input.event_properties.number }} }'


def test_a_template_shows_what_it_makes_while_it_is_written(
    page: Page, make_destination: Callable[..., Destination], make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    make_events(2)
    made = make_destination(name="Orders")
    page.goto(reverse("destination_transformation", args=[made.project.slug, made.pk]))
    expect(page.locator("#preview")).to_contain_text("Nothing is changed.")
    expect(page.locator(".sh-template")).to_be_hidden()
    page.get_by_role("radio", name="Jinja2").check(force=True)
    page.locator(".ace_text-input").focus()
    page.keyboard.insert_text(TEMPLATE)
    expect(page.locator("#preview ins").first).to_contain_text("Sale")
    page.keyboard.insert_text("{% if %}")
    expect(page.locator("#preview [role=alert]")).to_contain_text("Line 1")
    expect(page.locator(".ace_error")).to_be_visible()
    for _ in "{% if %}":
        page.keyboard.press("Backspace")
    expect(page.locator("#preview")).to_contain_text("Sent")
    page.keyboard.press("Control+s")
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")
    made.refresh_from_db()
    assert made.transformation == {"language": "jinja2", "template": TEMPLATE}
    page.get_by_role("radio", name="Steps").check(force=True)
    page.get_by_role("button", name="Add change").click()
    page.get_by_label("Step 1 property").fill("event_properties.number")
    page.get_by_label("Step 1 value").fill("count")
    expect(page.locator("#preview ins").first).to_contain_text("count")
    assert notes.console == []
