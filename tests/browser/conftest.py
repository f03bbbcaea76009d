"""A real Chromium, and pages in it that are signed in and note whatever goes wrong."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import ARGUMENTS, program
from tests.hub import Hub, hub
from tests.streamhub.conftest import administrator, busy, deliver, empty_cache, member

__all__ = ["administrator", "busy", "deliver", "empty_cache", "member"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program()
    if not path:
        pytest.skip("no Chromium on this machine")
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="session")
def running(mailbox: Path) -> Iterator[Hub]:
    """A hub with its real processes; each test that goes the whole way does so in a project of its own."""
    with hub(STREAMHUB_EMAIL_URL=f"filemail:///{mailbox}") as started:
        yield started


# From the first moment of each document: what the Content-Security-Policy kept from happening, or only reports.
VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => console.error(
    `policy (${event.disposition}): ${event.effectiveDirective} stops ${event.blockedURI} at ${event.sourceFile}`));"""


@dataclass
class Notes:
    """What a page should not have done."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, page: Page, host: str) -> None:
        def heard(message: ConsoleMessage) -> None:
            self.console.append(f"{page.url}: {message.type}: {message.text}")

        def asked(request: Request) -> None:
            if request.url.startswith("http") and urlsplit(request.url).netloc != host:
                self.foreign.append(request.url)

        page.on("console", heard)
        page.on("pageerror", lambda error: self.console.append(f"{page.url}: {error}"))
        page.on("request", asked)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def open_context(
    browser: Browser, live_server: LiveServer, administrator: User, notes: Notes
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser context that is signed in; keyword arguments are Playwright's (viewport, color_scheme ...)."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        client = Client()
        client.force_login(administrator)
        # Where nothing moves, nothing is painted over and over again.
        context = browser.new_context(**{"base_url": live_server.url, "reduced_motion": "reduce"} | options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.set_default_timeout(10_000)
        context.add_init_script(VIOLATIONS)
        context.on("page", lambda page: notes.watch(page, urlsplit(live_server.url).netloc))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """One page, signed in, 1440 pixels wide."""
    return open_context(viewport={"width": 1440, "height": 900}).new_page()
