"""The guide's own integration, built in the browser: from an empty page to an event that arrives in that shape."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Notes
from tests.browser.hands import Hands, Mouse
from tests.browser.test_whole_way import Shop, go_to, open_tab, save
from tests.destinations.portal.seed import TEMPLATE
from tests.hub import Hub

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

PARAMETERS = (("REST API Endpoint", "endpoint", "URL"), ("REST API Key", "api_key", "Text"), ("App", "app_id", "Text"))


PEOPLE = """
from django.contrib.auth.models import Permission, User
from events.models import Membership, Project
for name, project, role in {people}:
    user = User.objects.create_user(name, password="{password}")
    Membership.objects.create(user=user, project=Project.objects.get(name=project), role=role)
    if name == "reviewer":
        user.user_permissions.add(Permission.objects.get(codename="review_kind"))
"""
PASSWORD = "long enough 4711"


def test_one_makes_a_kind_another_reviews_it_and_a_third_uses_it(running: Hub, browser: Browser, notes: Notes) -> None:
    """The third is of another project."""
    makers, shop = Shop(running, "Portal"), Shop(running, "Shop")
    people = [("author", "Portal", "publisher"), ("reviewer", "Portal", "viewer"), ("user", "Shop", "publisher")]
    running.manage("shell", "--no-imports", "-c", PEOPLE.format(people=people, password=PASSWORD))
    with signed_in(running, browser, notes, "author", makers) as hands:
        inbox = inbox_address(hands)
        build(hands)
        see_the_preview(hands.page)
        try_it_out(hands, inbox)
        take_steps(hands.page, ("Submit", "Submitted"))
        expect(hands.page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    with signed_in(running, browser, notes, "reviewer", makers) as hands:
        take_steps(hands.page, ("Approve", "Approved"))
        expect(hands.page.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    with signed_in(running, browser, notes, "author", makers) as hands:
        take_steps(hands.page, ("Publish", "Published"))
    with signed_in(running, browser, notes, "user", shop) as hands:
        use(hands, inbox_address(hands))
        shop.order(80)
        arrives(hands)
    assert notes.console == []
    assert notes.foreign == []


@contextmanager
def signed_in(running: Hub, browser: Browser, notes: Notes, name: str, shop: Shop) -> Iterator[Hands]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{running.port}", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    notes.watch(page, f"127.0.0.1:{running.port}")
    try:
        page.goto(shop.path)
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        yield Mouse(page)
    finally:
        context.close()


def inbox_address(hands: Hands) -> str:
    go_to(hands, "Inbox")
    return hands.page.get_by_label("Inbox address", exact=True).inner_text().strip()


def build(hands: Hands) -> None:
    page = hands.page
    go_to(hands, "Developer portal")
    page.get_by_role("link", name="Add new destination").first.click()
    hands.choose(page.locator("#id_section"), "Event streaming")
    page.get_by_label("Display name").fill("Acme CRM")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme CRM")
    page.get_by_label("Category").fill("CRM")
    page.get_by_label("Summary").fill("Send events to Acme.")
    for number, (label, name, kind) in enumerate(PARAMETERS):
        page.get_by_role("button", name="Add parameter").click()
        row = page.get_by_role("group", name=f"Parameter {number + 1}")
        row.get_by_label("Display name").fill(label)
        row.get_by_label("Name", exact=True).fill(name)
        row.get_by_label("Kind").select_option(label=kind)
        row.get_by_label("Required", exact=True).check()
    page.get_by_role("group", name="Parameter 2").get_by_label("Secret").check()
    for number, name in enumerate(("external_id", "plan")):
        page.get_by_role("button", name="Add field").click()
        field = page.get_by_role("group", name=f"Field {number + 1}")
        field.get_by_label("Destination property name").fill(name)
    page.get_by_role("group", name="Field 1").get_by_label("Required", exact=True).check()
    page.get_by_label("URL endpoint").fill("${parameters.endpoint}")
    page.get_by_role("button", name="Add header").click()
    header = page.get_by_role("group", name="Header 1")
    header.get_by_label("Header key").fill("Authorization")
    header.get_by_label("Header value").fill("Bearer ${parameters.api_key}")
    page.locator(".ace_content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(TEMPLATE)


def see_the_preview(page: Page) -> None:
    preview = page.locator("#integration")
    expect(preview).to_contain_text("Everything is there.")
    expect(page.locator("#preview-text")).to_contain_text('"external_id": "user_1001"')
    expect(page.locator("#preview-text")).to_contain_text('"app_id": "your-app-id"')
    expect(page.locator("#preview-uses")).to_contain_text("header Authorization")
    page.locator("#preview-setup").get_by_label("App").fill("shop-app")
    expect(page.locator("#preview-text")).to_contain_text('"app_id": "shop-app"')


def try_it_out(hands: Hands, inbox: str) -> None:
    page = hands.page
    setup = page.locator("#preview-setup")
    setup.get_by_label("REST API Endpoint").fill(inbox)
    setup.get_by_label("REST API Key").fill("it's secret")
    page.get_by_role("button", name="Test payload").click()
    command = page.get_by_label("cURL command", exact=True).inner_text()
    subprocess.run(["bash", "-c", command], check=True, capture_output=True, timeout=20)
    page.get_by_role("button", name="Send test").click()
    expect(page.locator("#portal-test")).to_contain_text("HTTP 200")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".sh-toast").last).to_contain_text("Saved.")
    go_to(hands, "Inbox")
    expect(page.get_by_text("shop-app").first).to_be_attached()


def take_steps(page: Page, *steps: tuple[str, str]) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Developer portal").click()
    page.get_by_role("link", name="Acme CRM").click()
    for button, badge in steps:
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".sh-title .sh-badge")).to_have_text(badge)


def use(hands: Hands, inbox: str) -> None:
    page = hands.page
    go_to(hands, "Catalog")
    tile = page.locator(".sh-tiles > li").filter(has_text="Acme CRM")
    expect(tile).not_to_contain_text("Yours")
    tile.get_by_role("link", name="Create sync").click()
    page.get_by_role("textbox", name="Sync name").fill("Orders to Acme")
    page.get_by_role("button", name="Create sync").click()
    page.get_by_label("REST API Endpoint").fill(inbox)
    page.get_by_label("REST API Key").fill("it's secret")
    page.get_by_label("App").fill("shop-app")
    save(hands)
    page.get_by_role("switch", name="Off").click()
    expect(page.get_by_text("external_id is required.").first).to_be_visible()
    open_tab(hands, "Mappings")
    page.get_by_label("external_id").fill("user_id")
    save(hands)
    page.get_by_role("switch", name="Off").click()
    expect(page.get_by_role("switch", name="Enabled")).to_be_checked()


def arrives(hands: Hands) -> None:
    page = hands.page
    go_to(hands, "Inbox")
    first = page.locator("#request-1")
    expect(first).to_be_attached(timeout=20_000)  # the page looks for itself
    first.locator("summary").first.click()
    body = json.loads(first.get_by_label("Body", exact=True).inner_text())
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:", body.pop("time"))
    library = body["properties"].pop("library")
    assert library.startswith("amplitude-python/")
    assert body == {
        "external_id": "user-1",
        "app_id": "shop-app",
        "name": "Order Placed",
        "properties": {"test_nested_property": ""},
    }
    first.get_by_text("Headers").click()
    expect(first).to_contain_text("Bearer it's secret")
