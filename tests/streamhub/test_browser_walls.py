"""What keeps other sites out of ours: forgery, framing, sniffing, redirects, and what a browser keeps of a page."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from events.models import AuditEntry, Project
from tests.streamhub.addresses import doors
from tests.streamhub.doors import DOORS, Door
from tests.streamhub.test_permissions import ALL

CHANGING = [name for name in ALL if "<int" not in dict(doors())[name] and "<slug:cohort>" not in dict(doors())[name]]
POLICY = ("frame-ancestors 'none'", "base-uri 'self'", "object-src 'none'", "script-src 'self'", "form-action")


@pytest.mark.usefixtures("standing")
class TestEveryDoor:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize(
        "name", [name for name in CHANGING if not {"<slug:kind>", "<slug:slug>"} & set(dict(doors())[name].split("/"))]
    )
    def test_a_form_of_another_site_changes_nothing(self, name: str, administrator: User, busy: Project) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(administrator)
        before = AuditEntry.objects.count()
        elsewhere = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
        for headers in ({}, {"HX-Request": "true"} | elsewhere):
            response = client.post(reverse(name, args=[busy.slug]), {"act": "send"}, headers=headers)
            assert response.status_code == 403
        assert AuditEntry.objects.count() == before

    @pytest.mark.parametrize("door", DOORS, ids=str)
    def test_headers_of_every_page(self, door: Door, busy: Project, staff_client: Client) -> None:
        response = staff_client.get(door.url(busy))
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Permissions-Policy"] == "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        policy = response["Content-Security-Policy"]
        for part in POLICY:
            assert part in policy
        assert "unsafe" not in policy
        assert "no-store" in response["Cache-Control"]


def test_every_view_that_takes_no_token_takes_a_key() -> None:
    """What is exempt from the check against forgery does not look at sessions either."""
    exempt = [
        pattern.name or str(pattern.pattern)
        for pattern in _views(get_resolver().url_patterns)
        if getattr(pattern.callback, "csrf_exempt", False) and getattr(pattern.callback, "login_required", True)
    ]
    assert exempt == []


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "///evil.example", r"\\evil.example", "javascript:alert(1)",
        "http:evil.example", "/\\evil.example", "https:/evil.example", "\thttps://evil.example", "%2f%2fevil.example",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(target: str, client: Client, member: User) -> None:
    given = {"username": "member", "password": "correct horse battery", "next": target}
    answer = client.post(reverse("login"), given)
    assert answer.status_code == 302
    assert urlsplit(urljoin("https://hub.example/login/", answer["Location"])).netloc == "hub.example"


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/p//evil.example/", "///evil.example"])
def test_no_path_redirects_to_another_host(path: str, staff_client: Client) -> None:
    answer = staff_client.get(path)
    assert urlsplit(urljoin("https://hub.example/", answer.get("Location", "/"))).netloc == "hub.example"


def _views(patterns):  # type: ignore[no-untyped-def]
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from _views(one.url_patterns)
        else:
            yield one
