"""The secrets of second factors, for `rotate_secrets`: they stand inside a JSON column of allauth's."""

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from destinations.rotation import Rotated, opens
from destinations.secrets import SecretUnreadable, opened, sealed

KEYS = ("secret", "seed")


def rotate_second_factors(found: Rotated) -> None:
    """Adds to what was found. Row by row, each locked: a code that is taken meanwhile stays taken."""
    first = Fernet(settings.ENCRYPTION_KEYS[0].strip())
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            if row := Authenticator.objects.select_for_update().filter(pk=pk).first():
                _rotate(row, first, found)


def _rotate(row: Authenticator, first: Fernet, found: Rotated) -> None:
    for key in KEYS:
        token = row.data.get(key)
        if not token:
            continue
        if opens(first, token):
            found.current += 1
            continue
        try:
            row.data[key] = sealed(opened(token))
            row.save(update_fields=["data"])
            found.anew += 1
        except SecretUnreadable:
            found.unreadable.append(f"second factor {row.pk}: {key}")
