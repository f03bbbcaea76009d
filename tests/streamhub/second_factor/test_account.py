"""The page of one's own second factor."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events.models import AuditEntry
from streamhub import sign_in_limit
from streamhub.pages.second_factor import SECRET
from streamhub.second_factor import factor
from tests.streamhub.second_factor.conftest import PASSWORD, App, code_of, secret_of

PAGE = "/second-factor/"


@pytest.fixture
def set_up(member_client: Client) -> Callable[..., HttpResponse]:
    """Sends a code of the key that the page shows."""

    def send(password: str = PASSWORD, code: str = "") -> HttpResponse:
        text = member_client.get(PAGE).content.decode()
        key = re.search(r'id="key">([A-Z2-7 ]+)<', text)[1].replace(" ", "")
        return member_client.post(PAGE, {"code": code or code_of(key), "password": password})

    return send


def codes_on(text: str) -> list[str]:
    return re.findall(r"\b\d{5} \d{5}\b", text)


def test_setting_it_up(set_up: Callable[..., HttpResponse], member_client: Client, member: User) -> None:
    assert set_up()["Location"] == reverse("recovery_codes")
    text = member_client.get(reverse("recovery_codes")).content.decode()
    assert [code.replace(" ", "") for code in codes_on(text)] == factor.unused_codes(member)
    assert len(codes_on(text)) == 10
    assert member_client.post(reverse("recovery_codes"), {"then": "home"})["Location"] == "/"
    assert member_client.get(reverse("recovery_codes"))["Location"] == PAGE
    assert "10 are left" in member_client.get(PAGE).content.decode()


def test_recovery_codes_are_shown_to_no_other_session(set_up: Callable[..., HttpResponse], member: User) -> None:
    set_up()
    other = Client()
    other.force_login(member)
    assert other.get(reverse("recovery_codes"))["Location"] == PAGE


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "000000"}, "That code isn’t right."),
        ({"password": "wrong"}, "That isn’t your password."),
        ({"code": " "}, "This field is required."),
    ],
)
def test_it_takes_a_code_and_the_password(
    given: dict, words: str, set_up: Callable[..., HttpResponse], member_client: Client, member: User
) -> None:
    before = member_client.get(PAGE).content.decode()
    assert words in set_up(**given).content.decode()
    assert not factor.is_on(member)
    key = re.search(r'id="key">([A-Z2-7 ]+)<', before)[1]
    assert key in member_client.get(PAGE).content.decode()


def test_secrets_are_encrypted_where_they_are_kept(
    set_up: Callable[..., HttpResponse], member_client: Client, member: User
) -> None:
    text = member_client.get(PAGE).content.decode()
    key = re.search(r'id="key">([A-Z2-7 ]+)<', text)[1].replace(" ", "")
    session = Session.objects.latest("expire_date").get_decoded()
    assert session[SECRET].startswith("gAAAAA")
    assert key not in str(session)
    set_up()
    rows = Authenticator.objects.filter(user=member)
    assert {name: row.data[name][:6] for row in rows for name in ("secret", "seed") if name in row.data} == {
        "secret": "gAAAAA",
        "seed": "gAAAAA",
    }
    assert secret_of(member) == key


def test_the_picture_holds_the_key_and_no_script(member_client: Client) -> None:
    from base64 import b64decode

    text = member_client.get(PAGE).content.decode()
    picture = b64decode(re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", text)[1])
    assert b"<svg" in picture
    assert b"<script" not in picture


class TestWhenItIsOn:
    def test_new_codes(self, app: App, member_client: Client, member: User) -> None:
        before = factor.unused_codes(member)
        answer = member_client.post(PAGE, {"act": "codes", "codes-password": PASSWORD})
        assert answer["Location"] == reverse("recovery_codes")
        assert not set(before) & set(factor.unused_codes(member))
        assert str(AuditEntry.objects.latest("pk")) == "member made new recovery codes"

    def test_switching_off(self, app: App, member_client: Client, member: User) -> None:
        answer = member_client.post(PAGE, {"act": "off", "off-password": PASSWORD}, follow=True)
        assert "Your second factor is off." in answer.content.decode()
        assert not Authenticator.objects.exists()
        assert str(AuditEntry.objects.latest("pk")) == "member switched off their second factor"

    @pytest.mark.parametrize("act", ["codes", "off"])
    def test_both_take_the_password(self, act: str, app: App, member_client: Client, member: User) -> None:
        before = factor.unused_codes(member)
        answer = member_client.post(PAGE, {"act": act, f"{act}-password": "wrong"})
        assert "That isn’t your password." in answer.content.decode()
        assert factor.unused_codes(member) == before

    def test_passwords_are_not_guessed_here_either(self, app: App, member_client: Client, member: User) -> None:
        for _ in range(sign_in_limit.OF_ONE_NAME):
            member_client.post(PAGE, {"act": "off", "off-password": "wrong"})
        answer = member_client.post(PAGE, {"act": "off", "off-password": PASSWORD})
        assert "Too many attempts failed" in answer.content.decode()
        assert factor.is_on(member)

    def test_an_account_without_a_password_gives_a_code(self, app: App, member: User) -> None:
        member.set_unusable_password()
        member.save()
        client = Client()
        client.force_login(member)
        assert "isn’t right" in client.post(PAGE, {"act": "off", "off-code": "000000"}).content.decode()
        assert client.post(PAGE, {"act": "off", "off-code": app()}).status_code == 302
        assert not factor.is_on(member)

    def test_a_second_set_up_changes_nothing(self, app: App, member: User) -> None:
        before = secret_of(member)
        factor.switch_on(member, "A" * 32, 0)
        assert secret_of(member) == before


def test_it_is_ones_own(app: App, staff_client: Client, member: User) -> None:
    staff_client.post(PAGE, {"act": "off", "off-password": PASSWORD})
    assert factor.is_on(member)


def test_forms_of_other_sites(app: App, member: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    for path in (PAGE, reverse("recovery_codes"), reverse("sign_in_code")):
        assert client.post(path, {"act": "off", "off-password": PASSWORD}).status_code == 403
