"""The Security tab: each way of signing and of saying who sends, set up once and used for a delivery."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from standardwebhooks.webhooks import Webhook

from delivery.hub_transport import hub_transport
from delivery.transports import Transport
from destinations.models import Destination
from events.models import Event
from tests.browser.conftest import Notes
from tests.delivery.road import run_fresh
from tests.delivery.token_server import TokenServer, token_server
from tests.destinations.test_protection import certificate_pair
from tests.receiver import Receiver, receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as hook:
        yield hook


@pytest.fixture
def transport(settings: object) -> Iterator[Transport]:
    settings.ALLOWED_NETWORKS = LOOPBACK
    transport = hub_transport(10)
    yield transport
    transport.close()


@pytest.fixture
def tab(
    page: Page, hook: Receiver, transport: Transport, make_destination: Callable[..., Destination], notes: Notes
) -> Iterator[Page]:
    """The tab of a destination that sends to `hook`."""
    made = make_destination(name="Orders", url=hook.url)
    page.goto(reverse("destination_security", args=[made.project.slug, made.pk]))
    yield page
    assert notes.console == []
    assert notes.foreign == []


def save(tab: Page, word: str = "Saved.") -> None:
    tab.get_by_role("button", name="Save changes").click()
    expect(tab.locator(".sh-toast")).to_contain_text(word)


def test_standard_webhooks_from_the_first_secret_to_the_second(
    tab: Page, hook: Receiver, transport: Transport, make_events: Callable[..., list[Event]]
) -> None:
    tab.get_by_text("Standard Webhooks", exact=True).first.click()
    tab.get_by_role("button", name="Save changes").click()
    first = tab.get_by_label("Signing secret", exact=True).first.inner_text().strip()
    assert first.startswith("whsec_")
    tab.get_by_role("button", name="Replace…").click()
    tab.get_by_label("The old one goes on for (hours)").fill("2")
    tab.get_by_role("button", name="Replace", exact=True).click()
    expect(tab.get_by_role("button", name="End now")).to_be_visible()
    second = tab.get_by_label("Signing secret", exact=True).first.inner_text().strip()
    assert second != first

    make_events(1)
    run_fresh(transport)
    for secret in (first, second):
        Webhook(secret).verify(hook.requests[0].body, hook.requests[0].headers)

    tab.get_by_role("button", name="End now").click()
    expect(tab.locator(".sh-toast")).to_contain_text("The old secret no longer signs.")
    expect(tab.get_by_role("button", name="End now")).to_have_count(0)


def test_an_hmac_header(
    tab: Page, hook: Receiver, transport: Transport, make_events: Callable[..., list[Event]]
) -> None:
    expect(tab.get_by_label("Prefix")).to_be_hidden()
    tab.get_by_text("HMAC header", exact=True).click()
    tab.locator("#id_header").fill("X-Hub-Signature-256")
    tab.get_by_label("Prefix").fill("sha256=")
    tab.get_by_label("Signing secret").fill("it is a secret")
    save(tab)
    make_events(1)
    run_fresh(transport)
    (request,) = hook.requests
    digest = hmac.new(b"it is a secret", request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Hub-Signature-256"] == f"sha256={digest}"


def test_basic_bearer_and_api_key(
    tab: Page, hook: Receiver, transport: Transport, make_events: Callable[..., list[Event]]
) -> None:
    ways = [
        ("basic", {"User name": "hub", "Password": "a-password"}, "Authorization", "Basic aHViOmEtcGFzc3dvcmQ="),
        ("bearer", {"Token": "a-token-1234"}, "Authorization", "Bearer a-token-1234"),
        ("api_key", {"Key": "a-key-123456"}, "X-API-Key", "a-key-123456"),
    ]
    for kind, fields, header, value in ways:
        tab.get_by_label("Method").select_option(kind)
        for label, text in fields.items():
            tab.get_by_label(label, exact=True).fill(text)
        save(tab)
        make_events(1)
        run_fresh(transport)
        assert hook.requests[-1].headers[header] == value
    expect(tab.get_by_label("Key", exact=True)).to_have_value("")
    expect(tab.get_by_label("Key", exact=True)).to_have_attribute("placeholder", "••••••••3456")


def test_client_credentials_and_an_id_header(
    tab: Page, hook: Receiver, transport: Transport, make_events: Callable[..., list[Event]]
) -> None:
    with token_server() as server:
        fill_oauth2(tab, server)
        tab.locator("#id_id_header").fill("X-Message-Id")
        save(tab)
        make_events(3)
        run_fresh(transport)
    assert len(server.asked) == 1
    assert {request.headers["Authorization"] for request in hook.requests} == {"Bearer token-1-abcdefgh"}
    assert len({request.headers["X-Message-Id"] for request in hook.requests}) == 3


def fill_oauth2(tab: Page, server: TokenServer) -> None:
    tab.get_by_label("Method").select_option("oauth2")
    tab.get_by_label("Token URL").fill(server.url)
    tab.get_by_label("Client id", exact=True).fill("hub")
    tab.get_by_label("Client secret").fill("a-client-secret")


def test_a_client_certificate_by_keyboard(tab: Page) -> None:
    certificate, key = certificate_pair("hub.example.com")
    other = certificate_pair()[1]
    tab.get_by_label("Certificate (PEM)").fill(certificate)
    tab.get_by_label("Private key (PEM)").fill(other)
    tab.get_by_role("button", name="Save changes").press("Enter")
    expect(tab.get_by_role("alert").first).to_contain_text("This key does not belong to the certificate.")
    tab.get_by_label("Private key (PEM)").fill(key)
    tab.get_by_role("button", name="Save changes").press("Enter")
    expect(tab.locator(".sh-toast")).to_contain_text("Saved.")
    expect(tab.locator("#client-certificate")).to_contain_text("hub.example.com")
    expect(tab.get_by_label("Private key (PEM)")).to_have_value("")
