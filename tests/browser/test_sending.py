"""The Sending tab in a browser: each control is set once, and a held destination is let go."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Page, expect

from delivery import breaker
from delivery.models import LaneHealth
from destinations.models import Destination
from tests.browser.conftest import Notes


def _open(page: Page, made: Destination) -> None:
    page.goto(reverse("destination_sending", args=[made.project.slug, made.pk]))


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")


def test_every_control_once(page: Page, make_destination: Callable[..., Destination], notes: Notes) -> None:
    made = make_destination(name="Orders")
    _open(page, made)
    page.get_by_label("Schedule").select_option(label="Own list of waits")
    page.get_by_label("Own waits").fill("30 s, 5 min")
    page.get_by_label("Statuses that end it at once").fill("404, 410")
    page.get_by_label("At most", exact=True).fill("30")
    page.get_by_label("In each").select_option("minute")
    page.get_by_label("Requests at once").fill("2")
    page.get_by_label("Hold at a failure share of").fill("80")
    page.get_by_label("Keep each user’s deliveries in order").check()
    _save(page)
    expect(page.get_by_text("then up to 2 more over 6 minutes")).to_be_visible()
    made.refresh_from_db()
    assert made.sending == {
        "retries": [30, 300],
        "final_statuses": [404, 410],
        "rate_limit": {"requests": 30, "per": "minute"},
        "concurrency": 2,
        "ordered": True,
        "pause_at": 80,
    }
    assert notes.console == []


@pytest.mark.parametrize("preset", ["standard-webhooks", "quick"])
def test_a_preset(page: Page, make_destination: Callable[..., Destination], preset: str) -> None:
    made = make_destination()
    _open(page, made)
    page.get_by_label("Schedule").select_option(preset)
    _save(page)
    made.refresh_from_db()
    assert made.sending == {"retries": preset}


def test_what_is_wrong_is_said_at_its_field(page: Page, make_destination: Callable[..., Destination]) -> None:
    _open(page, make_destination())
    page.get_by_label("Requests at once").fill("500")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Write a whole number of requests from 1 to 100.").first).to_be_visible()


def test_a_held_destination_is_let_go(page: Page, make_destination: Callable[..., Destination]) -> None:
    made = make_destination(name="Orders")
    LaneHealth.objects.create(pk=made.pk)
    breaker.hold(made, breaker.Share(1, 99, "5xx"), now())
    page.goto(made.get_absolute_url())
    expect(page.get_by_text("99 of the last 100 attempts failed")).to_be_visible()
    page.get_by_role("button", name="Resume now").click()
    expect(page.locator(".sh-toast")).to_contain_text("Orders is sending again.")
    assert LaneHealth.objects.get().held_since is None
