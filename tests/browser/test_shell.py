"""What the shell does beyond links: menus, dialogs, copying, themes, the navigation on a phone, unsaved changes."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from events.models import Project
from tests.browser.conftest import Notes

pytestmark = pytest.mark.usefixtures("busy")


def test_first_tab_stop_skips_to_the_page(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_user_menu_by_keyboard(page: Page) -> None:
    page.goto("/")
    opener = page.locator(".sh-user > summary")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Change password")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Change password")).to_be_hidden()
    expect(opener).to_be_focused()


def test_menus_close_on_a_click_elsewhere(page: Page) -> None:
    page.goto("/")
    page.locator(".sh-user > summary").click()
    page.locator("h1").click()
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()


def test_theme_stays_over_pages_and_in_the_admin(page: Page) -> None:
    page.goto("/")
    page.locator(".sh-user > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html.dark")).to_have_count(1)
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    for url in ("/password/", "/admin/"):
        page.goto(url)
        expect(page.locator("html.dark")).to_have_count(1)


def test_dialog_gives_focus_back(page: Page, project: Project) -> None:
    page.goto(reverse("inbox_page", args=[project.slug]))
    opener = page.get_by_role("button", name="Clear…")
    opener.click()
    expect(page.get_by_role("dialog", name="Clear the inbox?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_copy_says_so(open_context: Callable[..., BrowserContext], project: Project, notes: Notes) -> None:
    page = open_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(reverse("project", args=[project.slug]))
    button = page.locator(".sh-code:has(#write-key) [data-copy]")
    button.click()
    expect(button).to_contain_text("Copied")
    expect(page.locator("#status")).to_have_text("Copied to clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == project.api_key
    expect(button).to_contain_text("Copy Write key")
    assert notes.console == []


def test_unsaved_changes(page: Page, project: Project) -> None:
    page.goto(reverse("project", args=[project.slug]))
    bar, name = page.locator("[data-savebar]"), page.get_by_label("Name")
    expect(bar).to_be_hidden()
    name.fill("Shop (EU)")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(bar).to_be_hidden()
    expect(name).to_have_value("Shop")
    name.fill("Shop (EU)")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_contain_text("Saved.")


def test_wrong_field_gets_the_focus(page: Page, project: Project) -> None:
    Project.objects.create(name="Taken")
    page.goto(reverse("project", args=[project.slug]))
    page.get_by_label("Name").fill("Taken")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.locator("[data-savebar]")).to_be_visible()


def test_navigation_on_a_phone(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    opener = page.get_by_role("button", name="Navigation", exact=True)
    expect(page.get_by_role("link", name="Live events")).to_be_hidden()
    opener.click()
    expect(page.get_by_role("link", name="StreamHub").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.click()
    page.get_by_role("link", name="Project settings").click()
    expect(page.locator("h1")).to_have_text("Project settings")


def test_chart_reads_the_bar_one_points_at(page: Page) -> None:
    page.goto("/")
    page.locator(".sh-plot g").last.hover()
    expect(page.locator(".sh-reading")).to_contain_text("delivered")


def test_without_scripts(open_context: Callable[..., BrowserContext], project: Project) -> None:
    empty = Project.objects.create(name="Empty")
    page = open_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(empty.get_absolute_url())
    expect(page.get_by_role("link", name="Live events")).to_be_visible()
    expect(page.locator("pre[aria-label=curl]").first).to_be_visible()
    page.get_by_text("Python", exact=True).first.click()
    expect(page.locator("pre[aria-label=curl]").first).to_be_hidden()
    expect(page.locator("pre[aria-label=Python]").first).to_be_visible()
    page.goto(reverse("project", args=[empty.slug]))
    page.get_by_label("Name").fill("Not empty")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast").first).to_contain_text("Saved.")
