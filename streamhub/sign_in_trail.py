"""Signing in, and failing to, as entries of the audit trail. They belong to no project: the admin shows them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver

from events import audit


@receiver(user_logged_in)
def signed_in(user: AbstractBaseUser, **rest: Any) -> None:
    audit.record("signed in", None, by=user)


@receiver(user_login_failed)
def failed_to_sign_in(credentials: dict[str, Any], **rest: Any) -> None:
    """Only names that exist are written down: others may be passwords, typed into the wrong field."""
    name = str(credentials.get("username", ""))
    known = get_user_model().objects.filter(username=name).exists()
    audit.record("failed to sign in", None, name=name if known else "an unknown name")
