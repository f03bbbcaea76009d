"""Signing in at a provider in a real browser: our policy lets the way there through, and the way back."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, expect

from events.models import Project
from tests.browser.conftest import Notes
from tests.browser.test_second_factor import fits
from tests.streamhub.single_sign_on.conftest import Configure, configure, provider
from tests.streamhub.single_sign_on.provider import Provider

__all__ = ["configure", "provider"]


@pytest.mark.parametrize("passwords", [True, False])
def test_there_and_back(
    passwords: bool,
    configure: Configure,
    provider: Provider,
    open_context: Callable[..., BrowserContext],
    administrator: User,
    busy: Project,
    notes: Notes,
) -> None:
    configure(passwords=passwords)
    User.objects.filter(pk=administrator.pk).update(email="ann@example.com")
    page = open_context(viewport={"width": 390, "height": 800}).new_page()
    page.context.clear_cookies()
    page.goto(f"/p/{busy.slug}/events/")
    assert fits(page)
    provider.wrong["/token"] = (500, b"")
    page.get_by_role("link", name="Sign in with Example ID").click()
    expect(page.get_by_text("Example ID did not sign you in.")).to_be_visible()
    assert fits(page)
    provider.wrong.clear()
    page.goto(f"/p/{busy.slug}/events/")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_url(f"**/p/{busy.slug}/events/")
    assert notes.console == []
    assert {address.partition("/authorize")[0] for address in notes.foreign} == {provider.url}
