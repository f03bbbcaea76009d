"""What holds for every page, light and dark, on a desk and on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from events.models import Project
from tests.browser.conftest import Notes
from tests.streamhub.doors import DOORS, Door

THEMES = ("light", "dark")
WIDTHS = (1440, 390)
AUDITED = (("light", 1440), ("dark", 390))
# WCAG 2.2 A and AA, and what axe-core calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_holds_for_every_page(door: Door, page: Page, busy: Project, notes: Notes) -> None:
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 850})
            _check(page, door.url(busy))
            assert page.locator("html.dark").count() == (theme == "dark")
            if (theme, width) in AUDITED:
                assert _barriers(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    _check(page, door.url(busy))
    assert notes.console == []
    assert notes.foreign == []


def test_sign_in_page(open_context: Callable[..., BrowserContext], busy: Project, notes: Notes) -> None:
    page = open_context().new_page()
    page.context.clear_cookies()
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 800})
        _check(page, "/login/")
    assert _barriers(page) == []
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/p/{busy.slug}/")
    assert notes.console == []


def test_admin_pages_keep_to_this_host(page: Page, busy: Project, notes: Notes) -> None:
    for url in ("/admin/", "/admin/auth/user/", "/admin/delivery/delivery/", "/admin/django_rq/dashboard/"):
        answer = page.goto(url)
        assert answer
        assert answer.status == 200
        assert page.locator("[role=main], main").count() == 1
    assert notes.foreign == []
    assert [line for line in notes.console if "django_rq" not in line] == []


def _check(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer
    assert answer.status == 200
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{url} scrolls sideways"
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1


def _barriers(page: Page) -> list[str]:
    """What axe-core finds on the page, each with the place and the reason."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}) at {node['target']}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
