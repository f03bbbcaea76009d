"""Setting up a second factor and signing in with it, in a real browser."""

import time
from collections.abc import Callable

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, expect

from events.models import Project
from tests.browser.conftest import Notes
from tests.browser.page_checks import barriers, scrolls_sideways

PASSWORD = "correct horse battery"


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + steps))


def fits(page: Page) -> bool:
    return not scrolls_sideways(page) and barriers(page) == []


def test_from_setting_up_to_signing_in(
    open_context: Callable[..., BrowserContext], administrator: User, busy: Project, notes: Notes
) -> None:
    page = open_context(viewport={"width": 390, "height": 800}).new_page()
    page.goto("/second-factor/")
    expect(page.get_by_alt_text("QR code")).to_be_visible()
    assert page.get_by_alt_text("QR code").evaluate("image => image.naturalWidth") > 0
    secret = page.locator("#key").inner_text()
    page.get_by_label("Code", exact=True).fill(code(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    assert fits(page)
    recovery = page.locator("#codes").inner_text().splitlines()
    page.get_by_role("button", name="I have saved them").click()
    page.goto("/second-factor/")
    expect(page.get_by_text("10 are left.")).to_be_visible()
    assert fits(page)

    page.context.clear_cookies()
    page.goto(f"/p/{busy.slug}/events/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Enter a code")).to_be_visible()
    expect(page.get_by_label("Code")).to_be_focused()
    assert fits(page)
    page.get_by_label("Code").fill("000 000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That code isn’t right")).to_be_visible()
    assert fits(page)
    page.get_by_label("Code").fill(recovery[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/p/{busy.slug}/events/")
    assert notes.console == []
    assert notes.foreign == []
