"""A receiver that fails, and what can be done about it: choose, send again, watch, cancel, fill back."""

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from delivery.models import Delivery, Replay, State
from delivery.replay_job import run_replays
from delivery.routing import Router
from delivery.transports import Transport, make_transport
from destinations.models import Destination
from events.models import Event, Project
from tests.browser.conftest import Notes
from tests.delivery.road import run_fresh, run_retries
from tests.receiver import Receiver, receiver

EVENTS = 4


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as received:
        yield received


@pytest.fixture
def transport() -> Iterator[Transport]:
    found = make_transport("curl", allowed_networks=[ip_network("127.0.0.0/8")])
    yield found
    found.close()


@pytest.fixture
def failing(
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
    hook: Receiver,
    transport: Transport,
) -> Destination:
    """A destination that has refused events for good, but for one that it is still to be tried with."""
    destination = make_destination(name="Orders to CRM", url=hook.url)
    hook.script = lambda number: 422
    make_events(EVENTS)
    run_fresh(transport)
    open_ones = Delivery.objects.order_by("pk").values_list("pk", flat=True)
    ended = {"state": State.EXPIRED, "next_attempt_at": None, "finished_at": Delivery.objects.latest("pk").created_at}
    Delivery.objects.filter(pk__in=list(open_ones[: EVENTS - 1])).update(**ended)
    hook.script = lambda number: 200
    return destination


def log_of(project: Project, query: str = "") -> str:
    return reverse("deliveries", args=[project.slug]) + query


def test_choose_in_the_log_and_send_again(
    page: Page, project: Project, failing: Destination, transport: Transport, hook: Receiver, notes: Notes
) -> None:
    before = len(hook.bodies)
    page.goto(log_of(project, "?state=undelivered"))
    expect(page.get_by_role("button", name="Cancel deliveries")).to_be_hidden()
    page.get_by_label("Choose all that are shown").check()
    page.locator("#picked").get_by_role("button", name="Send again…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("3 chosen in the log.")).to_be_visible()
    expect(dialog.locator("#outlook")).to_contain_text("3 deliveries match")
    dialog.get_by_role("button", name="Dry run").click()
    expect(dialog.locator("#outlook")).to_contain_text("3 render, 0 fail")
    dialog.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    run_replays()
    run_retries(transport)
    expect(page.locator("#badge")).to_have_text("Done")
    expect(page.locator("#state")).to_contain_text("100 %")
    expect(page.locator(".sh-figure", has_text="Delivered").locator("dd")).to_have_text("3")
    assert len(hook.bodies) == before + 3
    assert notes.console == []
    assert notes.foreign == []


def test_count_by_the_filter_while_it_is_edited_pause_and_stop(
    page: Page, project: Project, failing: Destination, notes: Notes
) -> None:
    page.goto(log_of(project))
    page.get_by_role("link", name="Send failed again…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#outlook")).to_contain_text("3 deliveries match")
    dialog.get_by_label("Waiting for a retry").check()
    expect(dialog.locator("#outlook")).to_contain_text("4 deliveries match")
    dialog.get_by_text("As it was", exact=True).click()
    dialog.get_by_label("At most").fill("2")
    dialog.get_by_role("button", name="Send again").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#badge")).to_have_text("Paused")
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#badge")).to_have_text("Stopped")
    expect(page.get_by_text("at most 2 per second · template as it was")).to_be_visible()
    page.get_by_role("link", name="Replays").click()
    expect(page.get_by_role("row", name=re.compile("gave up or failed|failed or gave up"))).to_contain_text("admin")
    assert notes.console == []


def test_cancel_one_and_send_it_after_all(
    page: Page, project: Project, failing: Destination, transport: Transport
) -> None:
    page.goto(log_of(project, "?state=retrying"))
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("#badge")).to_have_text("Cancelled")
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.locator("#badge")).to_have_text("Retrying")
    run_retries(transport)
    expect(page.locator("#badge")).to_have_text("Delivered")
    expect(page.get_by_role("heading", name="Sent again")).to_be_visible()
    expect(page.get_by_text("Attempt 2", exact=True).first).to_be_visible()


def test_what_failed_at_a_destination_in_one_click(
    page: Page, project: Project, failing: Destination, transport: Transport
) -> None:
    page.goto(reverse("destination_activity", args=[project.slug, failing.pk]))
    page.get_by_role("link", name="Resend what failed in the last 24 hours…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#outlook")).to_contain_text("4 deliveries match")
    dialog.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/replays/*/")
    run_replays()
    run_retries(transport)
    expect(page.locator("#badge")).to_have_text("Done")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_fill_back_one_event_and_then_all(
    page: Page,
    project: Project,
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
    hook: Receiver,
    transport: Transport,
) -> None:
    events = make_events(EVENTS)
    Router().route()
    later = make_destination(name="Made later", url=hook.url)
    page.goto(reverse("event", args=[project.slug, events[0].pk]))
    expect(page.get_by_text("it was made after the event came in.")).to_be_visible()
    page.get_by_role("button", name="Backfill to Made later").click()
    run_replays()
    run_fresh(transport)
    page.reload()
    expect(page.locator("#outcomes")).to_contain_text("Delivered")
    page.goto(reverse("destination", args=[project.slug, later.pk]))
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Backfill…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#outlook")).to_contain_text(f"{EVENTS - 1} events would be sent")
    dialog.get_by_role("button", name="Backfill").click()
    page.wait_for_url("**/replays/*/")
    run_replays()
    run_fresh(transport)
    expect(page.locator("#badge")).to_have_text("Done")
    assert len(hook.bodies) == EVENTS


def test_without_scripts(
    open_context: Callable[..., BrowserContext], project: Project, failing: Destination, transport: Transport
) -> None:
    page = open_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(log_of(project, "?state=undelivered"))
    page.locator("[name=pick]").first.check()
    page.get_by_role("button", name="Send again…").click()
    expect(page.get_by_text("1 chosen in the log.")).to_be_visible()
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("#outlook")).to_contain_text("1 render, 0 fail")
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("heading", name="Send again")).to_be_visible()
    assert Replay.objects.get().expected == 1
