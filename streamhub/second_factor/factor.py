"""Whether an account has a second factor, and switching it on, off, and its recovery codes anew."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.db import transaction

from destinations.secrets import SecretUnreadable
from events import audit

APP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


@dataclass(frozen=True, slots=True)
class Factor:
    """`codes_left`: None where no configured key opens them."""

    since: datetime
    last_used: datetime | None
    codes_left: int | None


def is_on(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=APP).exists()


def factor_of(user: User) -> Factor | None:
    app = Authenticator.objects.filter(user=user, type=APP).first()
    if app is None:
        return None
    try:
        left = len(unused_codes(user))
    except SecretUnreadable:
        left = None
    return Factor(app.created_at, app.last_used_at, left)


@transaction.atomic
def switch_on(user: User, secret: str, step: int) -> None:
    """`step`: that of the code which confirmed the secret, and is used up by that. Does nothing where one is on."""
    User.objects.select_for_update().get(pk=user.pk)  # two tabs
    if is_on(user):
        return
    app = TOTP.activate(user, secret).instance
    app.data["last_step"] = step
    app.save(update_fields=["data"])
    RecoveryCodes.activate(user)
    audit.record("switched on their second factor", None)


@transaction.atomic
def switch_off(user: User) -> None:
    if _remove(user):
        audit.record("switched off their second factor", None)


@transaction.atomic
def take_away(user: User) -> bool:
    """By somebody else, for an owner who can't get in. Whether there was one."""
    if there := _remove(user):
        audit.record("removed the second factor of", user)
    return there


@transaction.atomic
def new_codes(user: User) -> None:
    """The old ones are worth nothing afterwards."""
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user, type=CODES).delete()
    RecoveryCodes.activate(user)
    audit.record("made new recovery codes", None)


def unused_codes(user: User) -> list[str]:
    """Raises SecretUnreadable."""
    row = Authenticator.objects.filter(user=user, type=CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


def _remove(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).delete()[0])
