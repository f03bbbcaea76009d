"""Off until configured; and what `check` says of half of it."""

import pytest
from django.conf import settings as real
from django.test import Client
from django.urls import NoReverseMatch, reverse

from streamhub.single_sign_on import checks
from streamhub.single_sign_on.configuration import Oidc, domain
from streamhub.single_sign_on.routes import routes

WHOLE = {"issuer": "https://id.example.com", "client_id": "hub", "client_secret": "s"}


@pytest.fixture(autouse=True)
def configured() -> None:
    """Nothing, in this module."""


@pytest.mark.parametrize("left_out", [None, *WHOLE])
def test_off_until_all_is_there(left_out: str | None, settings, db, client: Client) -> None:  # type: ignore[no-untyped-def]
    settings.ROOT_URLCONF = "streamhub.urls"
    settings.OIDC = Oidc(**({**WHOLE, left_out: ""} if left_out else {}))
    assert routes() == []
    for name in ("single_sign_on", "single_sign_on_callback"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/login/sso/").status_code == 404
    assert "Sign in with" not in client.get("/login/").content.decode()


def test_on(settings) -> None:  # type: ignore[no-untyped-def]
    settings.OIDC = Oidc(**WHOLE)
    assert [route.name for route in routes()] == ["single_sign_on", "single_sign_on_callback"]


def test_nothing_is_configured_here() -> None:
    assert Oidc(name="single sign-on") == real.OIDC


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        (WHOLE, []),
        ({"issuer": "https://id.example.com"}, ["E008"]),
        (WHOLE | {"client_secret": ""}, ["E008"]),
        ({"passwords": False}, ["E009"]),
        (WHOLE | {"passwords": False}, []),
        (WHOLE | {"issuer": "id.example.com"}, ["E010"]),
        (WHOLE | {"issuer": "https://id.example.com/?a=1"}, ["E010"]),
        (WHOLE | {"issuer": "https://ann:pw@id.example.com"}, ["E010"]),
        (WHOLE | {"issuer": "https://id.example.com/" + "x" * 200}, ["E010"]),
        (WHOLE | {"role": "owner"}, ["E011"]),
        (WHOLE | {"project": "shop"}, ["W001"]),
        (WHOLE | {"makes_accounts": True}, ["W002"]),
        (WHOLE | {"makes_accounts": True, "domains": ("example.com",), "project": "shop"}, []),
    ],
)
def test_checks(given: dict, found: list[str], settings) -> None:  # type: ignore[no-untyped-def]
    settings.OIDC = Oidc(**given)
    told = checks.single_sign_on(None)
    assert [one.id for one in told] == [f"streamhub.{number}" for number in found]
    assert all(one.hint for one in told)
    assert "s" * 20 not in str(told)


@pytest.mark.parametrize(
    ("issuer", "found"),
    [("https://id.example.com", 0), ("http://127.0.0.1:9", 0), ("http://id.internal", 1), ("", 0)],
)
def test_it_takes_tls_in_production(issuer: str, found: int, settings) -> None:  # type: ignore[no-untyped-def]
    settings.OIDC = Oidc(issuer=issuer)
    assert len(checks.single_sign_on_by_tls(None)) == found


def test_passwords_stay_where_nothing_else_is_on() -> None:
    assert Oidc(passwords=False).by_password
    assert not Oidc(**WHOLE, passwords=False).by_password


@pytest.mark.parametrize("text", ["example.com", "@example.com", " Example.COM "])
def test_domains_as_people_write_them(text: str) -> None:
    assert domain(text) == "example.com"
