"""Accounts with a second factor, and the app that makes their codes."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from destinations.secrets import opened
from streamhub.second_factor import factor

PASSWORD = "correct horse battery"
App = Callable[..., str]


def code_of(secret: str, steps: int = 0) -> str:
    """The code that an app shows, some steps of 30 seconds from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_of(user: User) -> str:
    return opened(Authenticator.objects.get(user=user, type="totp").data["secret"])


@pytest.fixture
def app(member: User) -> App:
    """The member has a second factor; gives codes of it."""
    factor.switch_on(member, generate_totp_secret(), 0)
    return lambda steps=0: code_of(secret_of(member), steps)


@pytest.fixture
def give_password(client: Client, member: User) -> Callable[..., HttpResponse]:
    def give(target: str = "", **more: str) -> HttpResponse:
        given = {"username": "member", "password": PASSWORD, "next": target}
        return client.post(reverse("login"), given, **more)

    return give


@pytest.fixture
def give_code(client: Client) -> Callable[[str], HttpResponse]:
    return lambda code: client.post(reverse("sign_in_code"), {"code": code})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
