"""A monitor made in the browser: real traffic crosses its threshold, and a webhook, a chat and a mailbox hear of it."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Notes
from tests.browser.hands import Mouse
from tests.browser.test_whole_way import Shop, sign_in
from tests.hub import Hub
from tests.receiver import Receiver, receiver

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as received:
        yield received


@pytest.fixture
def chat() -> Iterator[Receiver]:
    with receiver() as received:
        yield received


class Watched:
    """A project whose alerts go to a webhook."""

    def __init__(self, running: Hub, hook: Receiver) -> None:
        self.running, self.path = running, "/p/watched/"
        pager = {"name": "Pager", "url": hook.url, "enabled": True, "filter": {"topics": ["monitor.alert"]}}
        project = {"name": "Watched", "api_key": uuid4().hex, "destinations": [pager]}
        running.apply({"projects": [project]})
        self.key = project["api_key"]

    order = Shop.order


def test_real_traffic_crosses_the_threshold(
    running: Hub, hook: Receiver, chat: Receiver, mailbox: Path, browser: Browser, notes: Notes
) -> None:
    watched = Watched(running, hook)
    context = browser.new_context(base_url=f"http://127.0.0.1:{running.port}", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    notes.watch(page, f"127.0.0.1:{running.port}")
    try:
        sign_in(Mouse(page), watched)  # type: ignore[arg-type]
        add_channels(page, chat)
        add_monitor(page)
        for _ in range(3):
            watched.order(10)
        expect(page.locator("#monitor .sh-badge").first).to_have_text("Firing", timeout=30_000)
        expect(page.locator("#monitor .sh-alerts")).to_contain_text("3 events, above 2 events.")
    finally:
        context.close()
    (alert,) = wait_for(lambda: [json.loads(body) for body in hook.bodies], 1)
    told = alert["event_properties"]
    assert (told["monitor_name"], told["alert_type"], told["value"]) == ("Many orders", "fired", 3)
    assert told["recipients"] == ["Ops", "Team"]
    (message,) = wait_for(lambda: chat.bodies, 1)
    assert "Fired: Many orders" in json.loads(message)["text"]
    assert "secret-path" in chat.requests[0].path
    (mail,) = wait_for(lambda: [path for path in mailbox.iterdir() if path.stat().st_size], 1)
    assert "Subject: [Watched] Fired: Many orders" in mail.read_text()
    # A preview that the next entry replaces is aborted, which htmx says aloud.
    aborted = (": error: htmx:afterRequest,", ": error: htmx:sendAbort,")
    assert [line for line in notes.console if not any(words in line for words in aborted)] == []
    assert notes.foreign == []


def add_channels(page: Page, chat: Receiver) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Monitors").click()
    page.get_by_role("navigation", name="Monitors").get_by_role("link", name="Channels").click()
    page.get_by_label("Name").fill("Team")
    page.get_by_label("E-mail address or webhook URL").fill("team@example.com")
    page.get_by_role("button", name="Add channel").click()
    page.get_by_label("Name").fill("Ops")
    page.get_by_label("Chat webhook").check()
    page.get_by_label("E-mail address or webhook URL").fill(f"{chat.url}/secret-path")
    page.get_by_role("button", name="Add channel").click()
    expect(page.get_by_role("link", name="Ops")).to_be_visible()
    assert "secret-path" not in page.content()


def add_monitor(page: Page) -> None:
    page.get_by_role("navigation", name="Monitors").get_by_role("link", name="Monitors").click()
    page.get_by_role("link", name="New monitor").click()
    page.get_by_label("Name").fill("Many orders")
    page.get_by_label("Event type").fill("Order Placed")
    page.get_by_label("Per").select_option("5 minutes")
    page.get_by_label("Number").fill("2")
    expect(page.locator("#preview")).to_contain_text("It would not have fired in the last 3 hours.")
    page.get_by_label("Ops").check()
    page.get_by_label("Team").check()
    page.get_by_role("button", name="Create monitor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Many orders")


def wait_for(found: Callable[[], list], count: int) -> list:  # type: ignore[type-arg]
    end = time.monotonic() + 20
    while len(found()) < count:
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)
    return found()
