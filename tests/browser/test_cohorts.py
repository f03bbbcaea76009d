"""A cohort from a CSV file and one from a definition, each to a recording receiver, with the hub's real processes."""

import json
import time
from collections.abc import Iterator
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


class Audience:
    """A project with a destination for cohorts that is switched on."""

    def __init__(self, running: Hub, hook: Receiver) -> None:
        self.running, self.path = running, "/p/audience/"
        destination = {"name": "CRM", "kind": "cohort-webhook", "url": hook.url, "enabled": True}
        project = {"name": "Audience", "api_key": uuid4().hex, "destinations": [destination]}
        running.apply({"projects": [project]})
        self.key = project["api_key"]

    order = Shop.order


def test_from_a_file_and_from_a_definition(
    running: Hub, hook: Receiver, browser: Browser, notes: Notes, tmp_path: Path
) -> None:
    audience = Audience(running, hook)
    audience.order(80)
    context = browser.new_context(base_url=f"http://127.0.0.1:{running.port}", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    notes.watch(page, f"127.0.0.1:{running.port}")
    try:
        sign_in(Mouse(page), audience)  # type: ignore[arg-type]
        from_a_file(page, tmp_path / "beta.csv")
        sync(page)
        assert told(hook, page, 1) == {"Beta": {"ann", "bob", "Łódź, Ltd."}}
        from_a_definition(page)
        sync(page)
        assert told(hook, page, 2)["Buyers"] == {"user-1"}
        others(page)
        assert told(hook, page, 4)["Beta"] == {"bob", "cat", "Łódź, Ltd."}
    finally:
        context.close()
    assert notes.console == []
    assert notes.foreign == []


def from_a_file(page: Page, file: Path) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts").click()
    page.get_by_role("link", name="Upload a list").click()
    page.get_by_label("Name", exact=True).fill("Beta")
    file.write_text('name;user_id\nAnn;ann\nBob;bob\nLtd;"Łódź, Ltd."\nAnn;ann\n\nNobody;\n')
    page.get_by_label("CSV file").set_input_files(file)
    expect(page.locator("#look th.is-chosen")).to_have_text("user_id")
    expect(page.locator("#look")).to_contain_text("separated by semicolons")
    page.get_by_role("button", name="Save cohort").click()
    expect(page.locator("#list")).to_contain_text("The list was taken.")
    expect(page.locator("#list")).to_contain_text("3 users are in Beta now")
    page.get_by_role("link", name="Open the cohort").click()
    expect(page.locator("#found")).to_contain_text("Łódź, Ltd.")


def from_a_definition(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts", exact=True).click()
    page.get_by_role("link", name="New cohort").click()
    page.get_by_label("Name", exact=True).fill("Buyers")
    page.get_by_role("button", name="Behaviour").click()
    page.get_by_label("Behaviour 2 event type").fill("Order Placed")
    page.get_by_role("button", name="Condition on the event in behaviour 2").click()
    page.get_by_label("Condition 2.1 property").fill("event_properties.total")
    page.get_by_label("Condition 2.1 operator").select_option("greater than")
    page.get_by_role("button", name="Save cohort").click()
    expect(page.locator("#rules .sh-error")).to_have_count(1)
    page.get_by_label("Condition 2.1 value").fill("50")
    expect(page.locator("#preview")).to_contain_text("1 user")
    expect(page.locator("#preview")).to_contain_text("user-1")
    page.get_by_role("button", name="Save cohort").click()
    expect(page.locator("#found")).to_contain_text("user-1", timeout=15_000)
    expect(page.get_by_text("did Order Placed, where")).to_be_visible()


def sync(page: Page) -> None:
    page.get_by_role("link", name="Sync", exact=True).click()
    page.get_by_role("link", name="Cohort webhook").click()
    page.get_by_role("link", name="CRM").click()
    page.get_by_label("How often").select_option("hourly")
    page.get_by_role("button", name="Sync").click()
    expect(page.locator("#state .sh-badge").first).to_have_text("Delivered", timeout=20_000)
    expect(page.locator("#batches tbody tr")).to_have_count(1)


def others(page: Page) -> None:
    """Another list replaces the first: one enters, one leaves."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts", exact=True).click()
    page.get_by_role("link", name="Beta").click()
    page.get_by_role("link", name="Upload a list").click()
    page.get_by_label("Or paste user ids").fill("bob\ncat\nŁódź, Ltd.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#list")).to_contain_text("1 entered, 1 left")
    page.get_by_role("link", name="Open the cohort").click()
    page.get_by_role("link", name="CRM").click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#state .sh-badge").first).to_have_text("Delivered", timeout=20_000)


def told(hook: Receiver, page: Page, count: int) -> dict[str, set[str]]:
    """By cohort's name, who is in it for one who applied all batches in order; waits for so many."""
    end = time.monotonic() + 20
    while len(hook.bodies) < count:
        assert time.monotonic() < end, f"{len(hook.bodies)} batches came in time"
        page.wait_for_timeout(50)
    found: dict[str, set[str]] = {}
    for batch in map(json.loads, hook.bodies):
        ids = {user["user_id"] for user in batch["users"]}
        users = found.setdefault(batch["cohort_name"], set())
        found[batch["cohort_name"]] = users | ids if batch["in_cohort"] else users - ids
    return found
