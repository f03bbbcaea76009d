"""Taking a code: one from the app, or one of the recovery codes. Each works once.

allauth remembers used codes in Django's cache, which is each process's own here. They are remembered in the row
instead: as RFC 6238 asks, no code is taken of a time step that one was taken of already.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import now

from destinations.secrets import opened
from streamhub.second_factor.factor import APP, CODES


def step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is, if that is about now."""
    for step in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


@transaction.atomic
def take(user: User, code: str) -> bool:
    """Whether the code is right, and was not used before. Raises SecretUnreadable."""
    return _from_the_app(user, code) or _for_recovery(user, code)


def _from_the_app(user: User, code: str) -> bool:
    row = Authenticator.objects.select_for_update().filter(user=user, type=APP).first()
    step = step_of(opened(row.data["secret"]), code) if row else None
    if row is None or step is None or step <= row.data.get("last_step", 0):
        return False
    row.data["last_step"], row.last_used_at = step, now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _for_recovery(user: User, code: str) -> bool:
    row = Authenticator.objects.filter(user=user, type=CODES).first()
    if row is None or not RecoveryCodes(row).validate_code(code):
        return False
    Authenticator.objects.filter(user=user, type=APP).update(last_used_at=now())
    return True
