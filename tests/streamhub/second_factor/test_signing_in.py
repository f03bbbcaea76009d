"""Whoever has a second factor gets in with both, by whichever way."""

import time
from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from events.models import AuditEntry
from streamhub import sign_in_limit, signing_in
from streamhub.second_factor import factor
from tests.redis_elsewhere import redis_at
from tests.streamhub.second_factor.conftest import PASSWORD, App, is_signed_in

Give = Callable[..., HttpResponse]


def test_the_password_alone_opens_nothing(app: App, client: Client, give_password: Give) -> None:
    assert give_password("/help/")["Location"] == reverse("sign_in_code")
    assert not is_signed_in(client)
    assert client.get("/help/")["Location"].startswith(reverse("login"))
    assert "Enter a code" in client.get(reverse("sign_in_code")).content.decode()


def test_with_the_code_it_leads_to_where_one_was_going(
    app: App, client: Client, give_password: Give, give_code: Give
) -> None:
    give_password("/help/")
    assert give_code(app())["Location"] == "/help/"
    assert is_signed_in(client)
    assert signing_in.KEY not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", r"/\evil.example"])
def test_it_leads_nowhere_else(target: str, app: App, give_password: Give, give_code: Give) -> None:
    give_password(target)
    assert give_code(app())["Location"] == "/"


def test_spaces_and_a_clock_that_is_a_little_off(app: App, give_password: Give, give_code: Give) -> None:
    give_password()
    code = app(-1)
    assert give_code(f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("code", ["000000", "", "12345", "١٢٣٤٥٦", "\x00", "9" * 41, "' OR 1=1"])
def test_what_is_no_code(code: str, app: App, client: Client, give_password: Give, give_code: Give) -> None:
    give_password()
    assert give_code(code).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("steps", [-3, 3])
def test_old_and_coming_codes(steps: int, app: App, client: Client, give_password: Give, give_code: Give) -> None:
    give_password()
    assert "isn’t right" in give_code(app(steps)).content.decode()
    assert not is_signed_in(client)


def test_a_code_works_once(app: App, client: Client, give_password: Give, give_code: Give) -> None:
    code = app()
    give_password()
    give_code(code)
    client.logout()
    give_password()
    assert "was used already" in give_code(code).content.decode()
    assert "was used already" in give_code(app(-1)).content.decode()


def test_a_recovery_code_works_once(
    app: App, client: Client, give_password: Give, give_code: Give, member: User
) -> None:
    code = factor.unused_codes(member)[3]
    give_password()
    assert give_code(f"{code[:5]} {code[5:]}").status_code == 302
    client.logout()
    give_password()
    assert give_code(code).status_code == 200
    assert len(factor.unused_codes(member)) == 9


class TestGuessing:
    def test_after_some_codes_the_password_is_asked_for_again(
        self, app: App, client: Client, give_password: Give, give_code: Give, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        redis_at(monkeypatch)
        give_password()
        for _ in range(signing_in.MOST_WRONG - 1):
            assert give_code("000000").status_code == 200
        assert give_code("000000")["Location"] == reverse("login")
        assert give_code(app())["Location"] == reverse("login")
        assert not is_signed_in(client)

    def test_the_account_is_counted_from_wherever(
        self, app: App, client: Client, give_password: Give, member: User
    ) -> None:
        for number in range(sign_in_limit.CODES_OF_ONE_ACCOUNT):
            elsewhere = Client(REMOTE_ADDR=f"203.0.113.{number}")
            elsewhere.post(reverse("login"), {"username": "member", "password": PASSWORD})
            elsewhere.post(reverse("sign_in_code"), {"code": "000000"})
        give_password()
        answer = client.post(reverse("sign_in_code"), {"code": app()}).content.decode()
        assert "Too many wrong codes. Try again in 5 min" in answer

    def test_a_right_code_forgets_wrong_ones(
        self, app: App, client: Client, give_password: Give, give_code: Give, member: User
    ) -> None:
        codes = factor.unused_codes(member)
        for code in codes[:2]:
            give_password()
            for _ in range(sign_in_limit.CODES_OF_ONE_ACCOUNT - 1):
                give_code("000000")
            assert give_code(code).status_code == 302
            assert is_signed_in(client)
            client.logout()


class TestOnTheWay:
    def test_without_a_password_there_is_nothing(self, client: Client, db: None) -> None:
        assert client.get(reverse("sign_in_code"))["Location"] == reverse("login")
        assert client.post(reverse("sign_in_code"), {"code": "000000"})["Location"] == reverse("login")

    def test_it_ends_after_a_while(self, app: App, give_password: Give, give_code: Give) -> None:
        give_password()
        with time_machine.travel(time.time() + signing_in.SECONDS + 1):
            assert give_code(app())["Location"] == reverse("login")

    def test_it_ends_with_the_password(self, app: App, give_password: Give, give_code: Give, member: User) -> None:
        give_password()
        member.set_password("another horse battery")
        member.save()
        assert give_code(app())["Location"] == reverse("login")

    def test_it_ends_with_the_account(self, app: App, give_password: Give, give_code: Give, member: User) -> None:
        give_password()
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert give_code(app())["Location"] == reverse("login")

    def test_the_session_gets_another_key_at_each_step(
        self, app: App, client: Client, give_password: Give, give_code: Give
    ) -> None:
        client.get(reverse("login"))
        keys = [give_password() and client.session.session_key, give_code(app()) and client.session.session_key]
        assert keys[0] != keys[1]


class TestOtherWaysIn:
    def test_the_admin_leads_to_our_page(self, app: App, client: Client, member: User) -> None:
        User.objects.filter(pk=member.pk).update(is_staff=True, is_superuser=True)
        given = {"username": "member", "password": PASSWORD}
        assert client.post("/admin/login/", given)["Location"].startswith(reverse("login"))
        assert not is_signed_in(client)

    def test_a_password_link(self, app: App, client: Client, member: User) -> None:
        key = urlsafe_base64_encode(force_bytes(member.pk))
        first = client.get(reverse("welcome", args=[key, default_token_generator.make_token(member)]))
        new = {"new_password1": "tr0ub4dor-and-3", "new_password2": "tr0ub4dor-and-3"}
        assert client.post(first["Location"], new)["Location"] == reverse("sign_in_code")
        assert not is_signed_in(client)

    def test_allauth_has_no_page_of_its_own(self, client: Client, staff_client: Client) -> None:
        for path in ("accounts/", "accounts/login/", "accounts/signup/", "accounts/email/", "accounts/2fa/", "signup/"):
            assert staff_client.get(f"/{path}").status_code == 404
        for path in ("mfa/authenticator/", "account/emailaddress/"):
            assert staff_client.get(f"/admin/{path}").status_code == 404


def test_the_audit_trail(app: App, client: Client, give_password: Give, give_code: Give) -> None:
    AuditEntry.objects.all().delete()
    give_password()
    give_code("000000")
    give_code(app())
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.by_name, entry.object_name) for entry in entries] == [
        ("failed to sign in", "nobody signed in", "member: wrong code"),
        ("signed in", "member", ""),
    ]


def test_a_key_that_is_gone_is_said_in_words(
    app: App, client: Client, give_password: Give, give_code: Give, member: User
) -> None:
    for row in Authenticator.objects.all():
        row.data = {name: "gAAAAAA" if name in ("secret", "seed") else value for name, value in row.data.items()}
        row.save()
    give_password()
    assert "can’t be read" in give_code("123456").content.decode()
    client.force_login(member)
    assert "can’t be read" in client.get(reverse("second_factor")).content.decode()


def test_without_one_signing_in_costs_one_query_more(
    client: Client, member: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(14):
        client.post(reverse("login"), {"username": "member", "password": PASSWORD})
    assert is_signed_in(client)
