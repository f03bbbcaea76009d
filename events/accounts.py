"""The accounts that admins of a project may hand to: one that is there, or a new one, without a password yet."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from events.models import Membership


class AccountRefused(ValueError):
    """Why there is no such account; the message says what to do."""


def account(name: str, *, make: bool) -> User:
    """The account of this name, or with `make` one to be saved. Raises AccountRefused."""
    found = User.objects.filter(username=name).first()
    alike = None if found else User.objects.filter(username__iexact=name).first()
    if found and not found.is_active:
        raise AccountRefused(f"The account {name} is switched off. Ask an administrator of this installation.")
    if found and make:
        raise AccountRefused(f"There is an account {name} already. Untick the box to add it.")
    if alike:
        raise AccountRefused(f"There is an account {alike.username}. Write it that way, or choose another name.")
    if not found and not make:
        raise AccountRefused(f"No account is called {name}. Check the name, or tick the box to make one.")
    return found or _new(name)


def awaits_password(membership: Membership) -> bool:
    """Whether an admin of the project may hand out a link into this account: only while nobody has used it, and it
    leads nowhere but here."""
    user = membership.user
    elsewhere = Membership.objects.filter(user=user).exclude(pk=membership.pk)
    fresh = not user.has_usable_password() and user.last_login is None and user.is_active
    return fresh and not user.is_staff and not user.is_superuser and not elsewhere.exists()


def _new(name: str) -> User:
    user = User(username=name)
    user.set_unusable_password()
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise AccountRefused(" ".join(error.messages)) from None
    return user
