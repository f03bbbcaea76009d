"""Annotating a chart: by a click into it, and by the keyboard alone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from events.annotations.models import Annotation
from events.models import Event, Project
from tests.browser.conftest import Notes
from tests.browser.hands import Keyboard
from tests.delivery.monitors.conftest import came_in, moment

__all__ = ["came_in", "moment"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_by_a_click_and_by_keyboard(page: Page, busy: Project, notes: Notes) -> None:
    page.goto(reverse("overview", args=[busy.slug]))
    hour = annotate(page, "Version 2.4", "Releases")
    dialog = page.get_by_role("dialog", name="Annotate")
    hands = Keyboard(page)
    hands.press(page.get_by_role("link", name="Annotate", exact=True))
    expect(dialog.get_by_label("What happened")).to_be_focused()
    page.keyboard.type("Outage")
    page.keyboard.press("Enter")
    expect(page.locator(".sh-marks a")).to_have_count(2)
    mark = page.get_by_role("link", name="Version 2.4 (Releases)")
    mark.locator("circle").hover()
    expect(page.locator(".sh-reading").first).to_contain_text("UTC: Version 2.4 (Releases)")
    hands.press(mark)
    expect(page.get_by_role("heading", level=1)).to_have_text("Annotations")
    made = Annotation.objects.order_by("pk")
    assert [(one.label, one.author_name) for one in made] == [("Version 2.4", "admin"), ("Outage", "admin")]
    assert f"{made[0].start:%Y-%m-%dT%H:%M}" == hour
    announced = Event.objects.filter(topic="annotation.created").order_by("pk")
    assert [one.data["event_properties"]["label"] for one in announced] == ["Version 2.4", "Outage"]
    assert notes.console == []


def test_what_is_being_written_beside_a_chart_stays(
    page: Page, project: Project, came_in: Callable[..., None], notes: Notes
) -> None:
    came_in(9, minutes=300)
    page.goto(reverse("monitor_new", args=[project.slug]))
    page.get_by_label("Name").fill("Half written")
    page.get_by_label("Number").fill("7")
    expect(page.locator("#preview")).to_contain_text("Fires above")
    annotate(page, "Version 2.4", "Releases")
    expect(page.get_by_role("link", name="Version 2.4 (Releases)")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Name")).to_have_value("Half written")
    assert [line for line in notes.console if "htmx:sendAbort" not in line and "htmx:afterRequest" not in line] == []


def annotate(page: Page, label: str, category: str) -> str:
    """By a click into the chart that the page shows. Returns when, as 2026-01-15T10:00."""
    bar = page.locator("[data-at]").nth(20)
    hour = (bar.get_attribute("data-at") or "")[:16]
    bar.locator(".hit").click()
    dialog = page.get_by_role("dialog", name="Annotate")
    expect(dialog.get_by_label("What happened")).to_be_focused()
    expect(dialog.get_by_label("When (UTC)")).to_have_value(hour)
    dialog.get_by_label("What happened").fill(label)
    dialog.get_by_label("Category").fill(category)
    dialog.get_by_role("button", name="Annotate").click()
    expect(page.locator(".sh-toast")).to_contain_text(f"{label} was annotated.")
    return hour
