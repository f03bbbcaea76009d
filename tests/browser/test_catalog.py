"""From the catalog to a new destination: with a mouse, by keyboard, and without scripts."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from destinations.models import Destination
from events.models import Project
from tests.browser.conftest import Notes


def test_create_sync_in_its_dialog(page: Page, project: Project, notes: Notes) -> None:
    page.goto(reverse("catalog", args=[project.slug]))
    button = page.get_by_role("link", name="Create sync to Webhook")
    button.click()
    dialog = page.get_by_role("dialog", name="New sync to Webhook")
    expect(dialog.get_by_role("textbox", name="Sync name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Orders to CRM")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Orders to CRM")
    expect(page.get_by_role("switch", name="Off")).not_to_be_checked()
    expect(page.get_by_role("link", name="Setup")).to_have_attribute("aria-current", "page")
    assert notes.console == []
    assert notes.foreign == []


def test_a_name_that_is_taken_comes_back_as_a_page(
    page: Page, project: Project, make_destination: Callable[..., Destination]
) -> None:
    make_destination(name="Orders to CRM")
    page.goto(reverse("catalog", args=[project.slug]))
    expect(page.get_by_role("link", name="1 in use")).to_be_visible()
    page.get_by_role("link", name="Create sync to Webhook").click()
    page.get_by_role("textbox", name="Sync name").fill("Orders to CRM")
    page.get_by_role("button", name="Create sync").click()
    expect(page.get_by_role("textbox", name="Sync name")).to_be_focused()
    expect(page.get_by_text("already has a destination called")).to_be_visible()


def test_search(page: Page, project: Project, notes: Notes) -> None:
    page.goto(reverse("catalog", args=[project.slug]))
    page.get_by_label("Search destinations").fill("fax")
    expect(page.get_by_role("heading", name="No destination is called that")).to_be_visible()
    page.wait_for_url("**/catalog/?q=fax")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_role("link", name="Create sync to Webhook")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="No destination is called that")).to_be_visible()
    assert notes.console == []


def test_without_scripts(open_context: Callable[..., BrowserContext], project: Project) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(reverse("catalog", args=[project.slug]))
    page.get_by_label("Search destinations").fill("web")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Create sync to Webhook").click()
    page.get_by_role("textbox", name="Sync name").fill("Orders to CRM")
    page.get_by_role("button", name="Create sync").click()
    expect(page.locator("h1")).to_have_text("Orders to CRM")


def test_the_menu_of_a_destination(page: Page, make_destination: Callable[..., Destination], notes: Notes) -> None:
    page.goto(make_destination(name="Order webhook").get_absolute_url())
    menu = page.get_by_label("More actions")
    menu.click()
    page.get_by_role("button", name="Pause sending").click()
    expect(page.get_by_text("Sending is paused")).to_be_visible()
    expect(page.locator("#health")).to_have_text("Paused")
    page.get_by_role("button", name="Resume sending").last.click()
    expect(page.locator(".sh-toast").last).to_contain_text("sending again")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as file").click()
    assert download.value.suggested_filename == "order-webhook.yaml"
    path = download.value.path()
    page.goto(page.url)
    menu.click()
    page.get_by_role("button", name="Duplicate").click()
    expect(page.locator("h1")).to_have_text("Order webhook copy")
    page.get_by_role("link", name="Destinations").first.click()
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files({"name": "d.yaml", "mimeType": "", "buffer": path.read_bytes()})
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".sh-toast").last).to_contain_text("Order webhook (unchanged)")
    assert notes.console == []
