"""The Test tab: what would be sent, one real request, and its answer."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from destinations.models import Destination
from events.models import Event
from tests.browser.conftest import Notes
from tests.receiver import Receiver, receiver

SECRET = "Bearer sk_live_9f8e7d6c4f2a"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as received:
        received.answer = b'{"taken": true}'
        yield received


@pytest.fixture
def destination(make_destination: Callable[..., Destination], hook: Receiver) -> Destination:
    return make_destination(
        name="Orders to CRM",
        url=hook.url,
        headers=[{"name": "Authorization", "value": SECRET, "secret": True}],
        payload={"mode": "template", "language": "freemarker", "template": '{"id": "${input.user_id}"}'},
        filter={"event_types": ["Order Placed"]},
    )


def address(destination: Destination) -> str:
    return reverse("destination_test", args=[destination.project.slug, destination.pk])


def test_send_and_read_the_answer(
    page: Page, destination: Destination, hook: Receiver, make_events: Callable[..., list[Event]], notes: Notes
) -> None:
    make_events(1, "Order Placed")
    page.goto(address(destination))
    command = page.get_by_label("cURL command")
    expect(command).to_contain_text("Authorization: ••••••••4f2a")
    expect(page.get_by_text("The filter lets this event pass.")).to_be_visible()
    page.get_by_label("Sample").select_option("built-in")
    expect(command).to_contain_text("user_1001")
    page.wait_for_url("**/test/?sample=built-in")
    page.get_by_role("button", name="Show secrets").click()
    expect(command).to_contain_text(SECRET)
    page.get_by_role("link", name="Hide them").click()
    expect(command).to_contain_text("••••••••4f2a")
    page.get_by_role("button", name="Send test now").click()
    expect(page.locator("#test-answer")).to_contain_text("HTTP 200 OK")
    expect(page.get_by_label("Response body")).to_contain_text("taken")
    assert [json.loads(body) for body in hook.bodies] == [{"id": "user_1001"}]
    assert notes.console == []
    assert notes.foreign == []


def test_what_to_do_about_an_error(page: Page, destination: Destination, hook: Receiver) -> None:
    hook.script = lambda number: 401
    page.goto(address(destination))
    page.get_by_role("button", name="Send test now").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#test-answer")).to_contain_text("HTTP 401 Unauthorized")
    expect(page.locator("#test-answer")).to_contain_text("Check the Authorization header")


def test_without_scripts(open_context: Callable[..., BrowserContext], destination: Destination, hook: Receiver) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(address(destination))
    page.get_by_role("button", name="Show secrets").click()
    expect(page.get_by_label("cURL command")).to_contain_text(SECRET)
    page.get_by_role("button", name="Send test now").click()
    expect(page.locator("#test-answer")).to_contain_text("HTTP 200 OK")
    expect(page.get_by_label("cURL command")).to_contain_text("••••••••4f2a")
    assert len(hook.requests) == 1
