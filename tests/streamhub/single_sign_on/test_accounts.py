"""Whose account that is."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.models import AuditEntry, Membership, Project
from tests.streamhub.single_sign_on.conftest import Configure, SignOn, is_signed_in
from tests.streamhub.single_sign_on.provider import Provider


@pytest.mark.parametrize("value", [False, None, "false", 0, "yes"])
def test_an_address_that_is_not_verified(
    value: Any, provider: Provider, sign_on: SignOn, client: Client, ann: User
) -> None:
    provider.claims = {"email_verified": value}
    assert "has not verified your e-mail address ann@example.com" in sign_on().content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("value", [None, "", 7, "nobody"])
def test_no_address(value: Any, provider: Provider, sign_on: SignOn, client: Client, ann: User) -> None:
    provider.claims, provider.userinfo = {"email": value}, {"sub": "4711"}
    assert "told no e-mail address of yours" in sign_on().content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("email", ["ann@elsewhere.example", "ann@example.com.evil.example", "ann@notexample.com"])
def test_domains(
    email: str, provider: Provider, configure: Configure, sign_on: SignOn, client: Client, db: None
) -> None:
    configure(domains=("example.com",), makes_accounts=True)
    User.objects.create_user("other", email=email)
    provider.claims = {"email": email}
    assert f"People with an address like {email} don’t sign in here." in sign_on().content.decode()
    assert not is_signed_in(client)
    provider.claims = {"email": "ann@EXAMPLE.com"}
    sign_on()
    assert is_signed_in(client)


def test_a_domain_also_binds_who_is_linked(
    provider: Provider, configure: Configure, sign_on: SignOn, client: Client, ann: User
) -> None:
    sign_on()
    client.logout()
    configure(domains=("elsewhere.example",))
    assert "don’t sign in here" in sign_on().content.decode()


def test_once_linked_the_address_may_change(provider: Provider, sign_on: SignOn, client: Client, ann: User) -> None:
    sign_on()
    client.logout()
    provider.claims = {"email": "ann.smith@example.com"}
    sign_on()
    assert client.session["_auth_user_id"] == str(ann.pk)


def test_the_same_number_at_another_provider_is_somebody_else(
    provider: Provider, sign_on: SignOn, client: Client, ann: User
) -> None:
    SocialAccount.objects.create(user=ann, provider="https://another.example", uid="4711")
    provider.claims = {"email": "bob@example.com"}
    assert "No account here has the address bob@example.com" in sign_on().content.decode()
    assert not is_signed_in(client)


def test_who_is_unknown(sign_on: SignOn, client: Client, db: None) -> None:
    assert "No account here has the address ann@example.com" in sign_on().content.decode()
    assert not User.objects.exists()


def test_an_account_that_is_switched_off(sign_on: SignOn, client: Client, ann: User) -> None:
    User.objects.update(is_active=False)
    assert "The account ann is switched off." in sign_on().content.decode()
    assert not is_signed_in(client)


def test_two_accounts_with_one_address(sign_on: SignOn, client: Client, ann: User) -> None:
    User.objects.create_user("anna", email="ann@example.com")
    assert "Several accounts have the address" in sign_on().content.decode()


class TestInvited:
    """An account that an admin made for somebody, under the address as its name."""

    def test_it_is_theirs(self, sign_on: SignOn, client: Client, db: None) -> None:
        made = User.objects.create_user("Ann@example.com")
        sign_on()
        assert client.session["_auth_user_id"] == str(made.pk)
        made.refresh_from_db()
        assert made.email == "ann@example.com"

    def test_but_not_once_it_has_a_password(self, sign_on: SignOn, client: Client, db: None) -> None:
        User.objects.create_user("ann@example.com", password="correct horse battery")
        assert "has a password and no e-mail address" in sign_on().content.decode()
        assert not is_signed_in(client)


class TestMaking:
    def test_an_account_without_a_project(
        self, configure: Configure, sign_on: SignOn, client: Client, db: None
    ) -> None:
        configure(makes_accounts=True)
        assert "You are in no project yet" in sign_on().content.decode()
        made = User.objects.get()
        assert (made.username, made.email, made.get_full_name()) == ("ann@example.com", "ann@example.com", "Ann Lee")
        assert not made.has_usable_password()
        assert not made.is_staff

    def test_an_account_in_a_project(
        self, configure: Configure, sign_on: SignOn, client: Client, project: Project
    ) -> None:
        configure(makes_accounts=True, project="shop", role="editor")
        sign_on()
        assert Membership.objects.get(user__username="ann@example.com", project=project).role == "editor"
        assert [(entry.action, entry.by_name) for entry in AuditEntry.objects.order_by("pk")] == [
            ("made the account", "single sign-on"),
            ("added", "single sign-on"),
            ("linked", "single sign-on"),
            ("signed in", "ann@example.com"),
        ]

    @pytest.mark.parametrize("email", ["a b@example.com", "x" * 250 + "@example.com", "ann@example.com\x00", "<b>@x"])
    def test_addresses_of_which_none_is_made(
        self, email: str, configure: Configure, provider: Provider, sign_on: SignOn, client: Client, db: None
    ) -> None:
        configure(makes_accounts=True)
        provider.claims = {"email": email}
        answer = sign_on()
        assert answer.status_code == 200
        assert "<b>" not in answer.content.decode().partition('class="sh-toasts"')[2].partition("<template")[0]
        assert not User.objects.exists()

    def test_what_no_database_takes_in_a_name_is_replaced(
        self, configure: Configure, provider: Provider, sign_on: SignOn, client: Client, db: None
    ) -> None:
        configure(makes_accounts=True)
        provider.claims = {"given_name": "An\x00n", "name": "Ann\ud800"}
        sign_on()
        assert is_signed_in(client)
        assert User.objects.get().first_name == "An\ufffdn"


class TestWithoutPasswords:
    @pytest.fixture(autouse=True)
    def without(self, configured: None, configure: Configure) -> None:
        configure(passwords=False)

    def test_the_page_has_no_field(self, client: Client, db: None) -> None:
        text = client.get(reverse("login")).content.decode()
        assert "Sign in with Example ID" in text
        assert 'type="password"' not in text

    def test_none_is_taken(self, client: Client, ann: User) -> None:
        answer = client.post(reverse("login"), {"username": "ann", "password": "correct horse battery"})
        assert "Nobody signs in by password here. Use Example ID." in answer.content.decode()
        assert not is_signed_in(client)

    def test_no_link_sets_one(self, client: Client, ann: User) -> None:
        assert client.get(reverse("welcome", args=["MQ", "choose"]))["Location"] == reverse("login")

    def test_the_other_way_is_open(self, sign_on: SignOn, client: Client, ann: User) -> None:
        sign_on()
        assert is_signed_in(client)


def test_operators_see_links_and_cut_them(sign_on: SignOn, staff_client: Client, ann: User) -> None:
    sign_on()
    link = SocialAccount.objects.get()
    page = reverse("admin:socialaccount_socialaccount_changelist")
    assert "4711" in staff_client.get(page).content.decode()
    assert staff_client.get(reverse("admin:socialaccount_socialaccount_add")).status_code == 403
    staff_client.post(reverse("admin:socialaccount_socialaccount_delete", args=[link.pk]), {"post": "yes"})
    assert not SocialAccount.objects.exists()
    assert str(AuditEntry.objects.latest("pk")).startswith("admin unlinked")
    assert User.objects.filter(pk=ann.pk).exists()
