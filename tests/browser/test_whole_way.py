"""From signing in to a delivery that failed and was sent after all: against a hub with its real processes, by mouse, by
keyboard alone, and on a phone."""

import json
import re
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from amplitude import Amplitude, BaseEvent
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Notes
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.hub import Hub
from tests.receiver import Receiver, receiver

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

OPENED = """{"id": "${input.user_id}",
"total": ${(mappedProperties.total!0)?c}
<#if input.user_properties.plan??>,
"plan": "${input.user_properties.plan}"
"""
CLOSING = "</#if>\n}"
WAYS = {
    "mouse": (Mouse, {"width": 1440, "height": 900}),
    "keyboard": (Keyboard, {"width": 1440, "height": 900}),
    "phone": (Mouse, {"width": 390, "height": 844}),
}


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as received:
        yield received


class Shop:
    """A project of the hub, and its app, which sends what the official SDK makes of it."""

    def __init__(self, running: Hub, name: str) -> None:
        self.running, self.key = running, uuid4().hex
        self.path = f"/p/{name.lower().replace(' ', '-')}/"
        running.apply({"projects": [{"name": name, "api_key": self.key}]})

    def order(self, total: float) -> None:
        client = Amplitude(self.key)
        client.configuration.server_url = f"http://127.0.0.1:{self.running.port}/2/httpapi"
        client.track(BaseEvent("Order Placed", user_id="user-1", event_properties={"total": total, "card": "4111"}))
        client.flush()
        client.shutdown()


@pytest.mark.parametrize("way", WAYS)
def test_whole_way(way: str, running: Hub, hook: Receiver, browser: Browser, notes: Notes) -> None:
    make_hands, viewport = WAYS[way]
    shop = Shop(running, f"Shop by {way}")
    shop.order(20)
    context = browser.new_context(base_url=f"http://127.0.0.1:{running.port}", viewport=viewport)
    context.set_default_timeout(10_000)
    page = context.new_page()
    notes.watch(page, f"127.0.0.1:{running.port}")
    try:
        walk(make_hands(page), shop, hook)
    finally:
        context.close()
    assert notes.console == []
    assert notes.foreign == []


def walk(hands: Hands, shop: Shop, hook: Receiver) -> None:
    sign_in(hands, shop)
    create(hands)
    set_up(hands, hook)
    write_template(hands)
    choose_events(hands)
    choose_properties(hands)
    send_test(hands, hook)
    enable(hands)
    hook.script = lambda number: 422
    shop.order(80)
    fail_and_deliver(hands, hook)


def sign_in(hands: Hands, shop: Shop) -> None:
    page = hands.page
    page.goto(shop.path)
    hands.write(page.get_by_label("User name"), "admin")
    password = re.search(r"with the password +(\S+)", shop.running.printed)
    assert password
    hands.write(page.get_by_label("Password"), password[1])
    hands.press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def create(hands: Hands) -> None:
    page = hands.page
    go_to(hands, "Catalog")
    hands.press(page.get_by_role("link", name="Create sync to Webhook"))
    hands.write(page.get_by_role("textbox", name="Sync name"), "Orders to CRM")
    hands.press(page.get_by_role("button", name="Create sync"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders to CRM")


def set_up(hands: Hands, hook: Receiver) -> None:
    page = hands.page
    hands.write(page.get_by_label("URL"), "http://10.1.2.3/hook")
    hands.press(page.get_by_role("button", name="Save changes"))
    expect(page.get_by_text("“10.1.2.3” is a private address").last).to_be_visible()
    expect(page.get_by_label("URL")).to_be_focused()
    hands.write(page.get_by_label("URL"), hook.url)
    hands.write(page.get_by_label("Extra header 1 name"), "X-Source")
    hands.write(page.get_by_label("Extra header 1 value"), "streamhub")
    hands.write(page.get_by_label("Extra header 2 name"), "Authorization")
    hands.write(page.get_by_label("Extra header 2 value"), "Bearer sk_live_4f2a")
    hands.tick(page.get_by_label("Extra header 2 secret"))
    save(hands)
    expect(page.get_by_label("Extra header 2 value")).to_have_attribute("placeholder", "••••••••4f2a")


def write_template(hands: Hands) -> None:
    page = hands.page
    open_tab(hands, "Payload")
    hands.choose(page.locator("#id_body"), "FreeMarker")
    hands.edit()
    page.keyboard.type(OPENED)
    expect(page.locator("#preview-note")).to_contain_text("<#if> from line 3 is never closed")
    expect(page.locator(".ace_gutter-cell.ace_error")).to_have_text("4")
    page.keyboard.type(CLOSING)
    expect(page.locator("#preview-note")).to_be_empty()
    expect(page.locator(".ace_gutter-cell.ace_error")).to_have_count(0)
    hands.leave_editor()
    save(hands, "Save template")


def choose_events(hands: Hands) -> None:
    page = hands.page
    open_tab(hands, "Filter")
    hands.choose(page.get_by_role("group", name="Which events"), "Chosen events")
    hands.tick(page.get_by_label("Order Placed"))
    hands.write(page.get_by_label("Condition 1 property"), "event_properties.total")
    hands.pick(page.get_by_label("Condition 1 operator"), "at least")
    hands.write(page.get_by_label("Condition 1 value"), "15")
    expect(page.locator("#effect")).to_contain_text("1 of 1")
    save(hands)


def choose_properties(hands: Hands) -> None:
    page = hands.page
    open_tab(hands, "Mappings")
    hands.choose(page.get_by_role("group", name="Event properties", exact=True), "Chosen ones")
    hands.tick(page.get_by_label("total"))
    save(hands)


def send_test(hands: Hands, hook: Receiver) -> None:
    page = hands.page
    open_tab(hands, "Test")
    expect(page.get_by_text("The filter lets this event pass.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Send test now"))
    expect(page.locator("#test-answer")).to_contain_text("HTTP 200 OK")
    (request,) = hook.requests
    assert json.loads(request.body) == {"id": "user-1", "total": 20}
    assert request.headers["Authorization"] == "Bearer sk_live_4f2a"
    assert request.headers["X-Source"] == "streamhub"


def enable(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("switch", name="Off"))
    expect(hands.page.get_by_role("switch", name="Enabled")).to_be_checked()


def fail_and_deliver(hands: Hands, hook: Receiver) -> None:
    page = hands.page
    wait_for_requests(hands, hook, 2)
    go_to(hands, "Deliveries")
    row = page.locator("#rows tbody tr")
    expect(row).to_have_count(1)
    hands.press(row.get_by_role("link", name="Order Placed"))
    expect(page.locator("#badge")).to_have_text("Retrying", timeout=15_000)
    expect(page.locator("#state")).to_contain_text("HTTP 422")
    hook.script = lambda number: 200
    hands.press(page.get_by_role("button", name="Retry now"))
    expect(page.locator("#badge")).to_have_text("Delivered", timeout=15_000)
    assert json.loads(hook.bodies[-1]) == {"id": "user-1", "total": 80}


def wait_for_requests(hands: Hands, hook: Receiver, count: int) -> None:
    end = time.monotonic() + 20
    while len(hook.requests) < count:
        assert time.monotonic() < end, "the event was not sent in time"
        hands.page.wait_for_timeout(50)


def go_to(hands: Hands, name: str) -> None:
    """Through the navigation, which a phone shows on demand."""
    page = hands.page
    menu = page.get_by_role("button", name="Navigation", exact=True)
    if menu.is_visible():
        hands.press(menu)
    hands.press(page.get_by_role("navigation", name="Main").get_by_role("link", name=name))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_tab(hands: Hands, name: str) -> None:
    tab: Locator = hands.page.get_by_role("navigation", name="Destination", exact=True).get_by_role("link", name=name)
    hands.press(tab)
    expect(tab).to_have_attribute("aria-current", "page")
    hands.page.wait_for_load_state()


def save(hands: Hands, button: str = "Save changes") -> None:
    page: Page = hands.page
    hands.press(page.get_by_role("button", name=button).last)
    expect(page.locator(".sh-toast").last).to_contain_text("Saved.")
