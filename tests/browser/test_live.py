"""Pages that keep themselves up to date."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from delivery.models import Delivery
from destinations.models import Destination
from events.models import Event, Project
from tests.browser.conftest import Notes


def test_first_steps_tick_themselves_off(
    page: Page,
    project: Project,
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
    deliver: Callable[..., Delivery],
    notes: Notes,
) -> None:
    page.goto(project.get_absolute_url())
    done = page.locator(".sh-steps .is-done")
    expect(done).to_have_count(0)
    page.get_by_text("Python", exact=True).first.click()  # reading the snippets holds nothing up

    destination = make_destination(name="Order webhook")
    expect(done).to_have_count(1)
    expect(page.locator("pre[aria-label=Python]").first).to_be_visible()

    event = make_events()[0]
    expect(done).to_have_count(2)

    deliver(event, destination)
    expect(done).to_have_count(3)
    page.get_by_role("link", name="Open the overview").click()
    expect(page.get_by_text("Success rate")).to_be_visible()
    assert notes.console == []


def test_inbox_shows_what_arrives_but_not_under_the_readers_eyes(page: Page, project: Project) -> None:
    address = reverse("inbox", args=[project.inbox_token])
    page.goto(reverse("inbox_page", args=[project.slug]))
    expect(page.locator(".sh-live")).to_have_text("Live")
    Client().post(address, {"number": 1}, content_type="application/json")
    expect(page.locator("#request-1")).to_be_visible()

    page.locator("#request-1 > details > summary").click()
    expect(page.locator(".sh-live")).to_have_text("Paused while you read")
    Client().post(address, {"number": 2}, content_type="application/json")
    page.wait_for_timeout(3500)
    expect(page.locator("#request-2")).to_have_count(0)

    page.locator("#request-1 > details > summary").click()
    page.locator("h1").click()
    expect(page.locator("#request-2")).to_be_visible()


@pytest.mark.usefixtures("busy")
def test_a_session_that_ends_leads_to_signing_in(page: Page, project: Project) -> None:
    page.goto(reverse("inbox_page", args=[project.slug]))
    Session.objects.all().delete()
    page.wait_for_url("**/login/**")


def test_says_when_the_hub_does_not_answer(page: Page, project: Project) -> None:
    page.goto(reverse("inbox_page", args=[project.slug]))
    page.route("**/inbox/?after=*", lambda route: route.abort())
    expect(page.locator(".sh-live")).to_have_text("No connection", timeout=15_000)
    page.unroute("**/inbox/?after=*")
    expect(page.locator(".sh-live")).to_have_text("Live", timeout=15_000)


def test_events_stream_in_and_unfold_in_place(
    page: Page, project: Project, make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    page.goto(reverse("events", args=[project.slug]))
    make_events(1, "First", colour="blue")
    first = page.locator(".sh-stream li", has_text="First")
    expect(first).to_be_visible()
    first.locator("summary").click()
    expect(first.get_by_label("Event, as templates see it")).to_contain_text('"colour": "blue"')
    expect(page.locator(".sh-live")).to_have_text("Paused while you read")
    first.locator("summary").click()
    page.locator("h1").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".sh-live")).to_have_text("Paused")
    make_events(1, "Second")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".sh-stream li", has_text="Second")).to_be_visible()
    page.get_by_role("link", name="Refused").click()
    expect(page.get_by_text("Nothing was refused")).to_be_visible()
    assert notes.console == []
