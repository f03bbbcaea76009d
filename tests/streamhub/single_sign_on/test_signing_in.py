"""From our page to the provider and back: who gets in, and what is said to the others."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import AuditEntry
from streamhub.second_factor import factor
from tests.streamhub.second_factor.conftest import code_of
from tests.streamhub.single_sign_on.conftest import Configure, SignOn, is_signed_in
from tests.streamhub.single_sign_on.provider import OTHER_KEY, SECRET, Provider

UNTRUSTED = "Example ID answered with something that this hub cannot trust."


def words(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_is_known_gets_in(sign_on: SignOn, client: Client, ann: User) -> None:
    assert sign_on("/help/", follow=False)["Location"] == "/help/"
    assert client.session["_auth_user_id"] == str(ann.pk)
    assert SocialAccount.objects.get().user == ann


def test_the_page_has_a_link_to_it(client: Client, db: None) -> None:
    text = client.get(reverse("login"), {"next": "/p/shop/?a=1&b=2"}).content.decode()
    assert 'href="/login/sso/?next=%2Fp%2Fshop%2F%3Fa%3D1%26b%3D2"' in text
    assert "Sign in with Example ID" in text


def test_each_time_with_another_state_nonce_and_challenge(client: Client, provider: Provider, db: None) -> None:
    asked = [parse_qs(urlsplit(client.get("/login/sso/")["Location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 16
    assert SECRET not in str(asked)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", r"/\evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)
def test_it_leads_nowhere_else(target: str, sign_on: SignOn, ann: User) -> None:
    assert sign_on(target, follow=False)["Location"] == "/"


HOUR = 3600


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["streamhub", "another-client"]},
        {"azp": "another-client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 300},
    ],
    ids=str,
)
def test_tokens_that_are_not_for_this_sign_in(
    claims: dict[str, Any], provider: Provider, sign_on: SignOn, client: Client, ann: User
) -> None:
    provider.claims = claims
    assert UNTRUSTED in words(sign_on())
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "signed",
    [
        {"key": OTHER_KEY},
        {"headers": {"kid": "two"}},
        {"key": None, "algorithm": "none"},
        {"key": SECRET, "algorithm": "HS256"},
    ],
    ids=["another key", "an unknown key", "nobody", "the client secret"],
)
def test_tokens_that_the_provider_did_not_sign(
    signed: dict[str, Any], provider: Provider, sign_on: SignOn, client: Client, ann: User
) -> None:
    for name, value in signed.items():
        setattr(provider, name, value)
    assert UNTRUSTED in words(sign_on())
    assert not is_signed_in(client)


def test_a_clock_that_is_a_little_off(provider: Provider, sign_on: SignOn, client: Client, ann: User) -> None:
    provider.claims = {"exp": int(time.time()) - 20}
    sign_on()
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda address: address.partition("&state")[0], "took too long, or began in another window"),
        (lambda address: f"{address}x", "took too long, or began in another window"),
        (lambda address: "/login/sso/callback/", "took too long, or began in another window"),
        (lambda address: address.replace("code=", "code=x"), "Example ID did not sign you in."),
        (lambda address: address.replace("code=", "error=access_denied&x="), "You did not sign in at Example ID."),
        (lambda address: address.replace("code=", "error=%3Cscript%3E&x="), "Example ID did not sign you in."),
    ],
    ids=["no state", "another state", "nothing", "another code", "no consent", "an error"],
)
def test_ways_back_that_are_not_the_one(
    spoil: Callable[[str], str], said: str, sign_on: SignOn, client: Client, ann: User
) -> None:
    text = words(sign_on(spoil=spoil))
    assert said in text
    assert "<script>" not in text.replace("<script src", "")
    assert not is_signed_in(client)


def test_an_answer_counts_once_and_in_its_own_session(client: Client, provider: Provider, ann: User) -> None:
    back = provider.consent(client.get("/login/sso/")["Location"])
    assert "began in another window" in words(Client().get(back, follow=True))
    assert client.get(back)["Location"] == "/"
    client.logout()
    assert "began in another window" in words(client.get(back, follow=True))


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize(
    "answer", [(500, b"broken"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b'{"keys": [{}]}'), (302, b"")]
)
def test_a_provider_that_answers_strangely(
    path: str, answer: tuple[int, bytes], provider: Provider, client: Client, ann: User
) -> None:
    there = client.get("/login/sso/")["Location"]
    provider.wrong[path] = answer
    text = words(client.get(provider.consent(there), follow=True))
    assert "Example ID" in text.partition('class="sh-toasts"')[2]
    assert not is_signed_in(client)


def test_a_provider_that_is_down(provider: Provider, configure: Configure, client: Client, db: None) -> None:
    configure(issuer="http://127.0.0.1:1")
    assert "Example ID does not answer." in words(client.get("/login/sso/", follow=True))


@pytest.mark.parametrize(
    "configuration", [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": None}, {"jwks_uri": 7}], ids=str
)
def test_a_provider_that_is_another(
    configuration: dict[str, Any], provider: Provider, client: Client, db: None
) -> None:
    provider.configuration = configuration
    assert UNTRUSTED in words(client.get("/login/sso/", follow=True))


def test_a_second_factor_of_ours_is_asked_for(provider: Provider, sign_on: SignOn, client: Client, ann: User) -> None:
    secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    factor.switch_on(ann, secret, 0)
    assert "Enter a code" in words(sign_on("/help/"))
    assert not is_signed_in(client)
    assert client.post(reverse("sign_in_code"), {"code": code_of(secret)})["Location"] == "/help/"
    assert is_signed_in(client)


def test_more_is_asked_where_the_token_tells_no_address(
    provider: Provider, sign_on: SignOn, client: Client, ann: User
) -> None:
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = {"sub": "4711", "email": "ann@example.com", "email_verified": True}
    sign_on()
    assert is_signed_in(client)
    client.logout()
    provider.userinfo["sub"] = "4712"
    assert UNTRUSTED in words(sign_on())


def test_the_audit_trail(sign_on: SignOn, ann: User) -> None:
    sign_on()
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.by_name, entry.object_name) for entry in entries] == [
        ("linked", "single sign-on", "ann@example.com to ann"),
        ("signed in", "ann", ""),
    ]


def test_the_log_says_what_was_wrong_with_a_token(
    provider: Provider, sign_on: SignOn, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    provider.claims = {"sub": ""}
    sign_on()
    assert "no subject that can be kept" in caplog.text


def test_no_secret_in_the_log(provider: Provider, sign_on: SignOn, ann: User, caplog: pytest.LogCaptureFixture) -> None:
    provider.wrong["/token"] = (400, SECRET.encode())
    sign_on()
    assert "said no" in caplog.text
    assert SECRET not in caplog.text
