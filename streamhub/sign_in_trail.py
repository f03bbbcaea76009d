"""Signing in, and failing to, as entries of the audit trail. They belong to no project: the admin shows them.

Only names that exist are written down: others may be passwords, typed into the wrong field."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from events import audit
from events.proof import note_proof

LOCKED_OUT = "locked out of signing in"


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **rest: Any) -> None:
    note_proof(request)
    audit.record("signed in", None, by=user)


@receiver(user_login_failed)
def failed_to_sign_in(credentials: dict[str, Any], **rest: Any) -> None:
    audit.record("failed to sign in", None, name=_known(str(credentials.get("username", ""))))


def locked_out(name: str) -> None:
    """`name`: as it was typed."""
    audit.record(LOCKED_OUT, None, name=_known(name.strip()))


def locked_out_of_codes(user: AbstractBaseUser) -> None:
    audit.record(LOCKED_OUT, None, name=f"{user.get_username()}: second factor")


def locked_out_address() -> None:
    """The entry says which."""
    audit.record(LOCKED_OUT, None, name="every name from this address")


def _known(name: str) -> str:
    return name if get_user_model().objects.filter(username=name).exists() else "an unknown name"
