"""Secrets at rest: encrypted with keys that are kept outside the database."""

from functools import cache
from hashlib import blake2b
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

DOTS = "••••••••"


class EncryptedTextField(models.TextField):
    """Text that the database sees only as a Fernet token. The first key of STREAMHUB_ENCRYPTION_KEYS writes, all read.

    A value that no key opens raises `SecretUnreadable`: a delivery then fails in words, and the token is never sent.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return _keys().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        try:
            return _keys().decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable()

    def value_to_string(self, obj: models.Model) -> str:
        return masked(str(self.value_from_object(obj) or ""))


class SecretUnreadable(Exception):
    """A stored secret was written with a key that is no longer configured."""

    def __init__(self) -> None:
        super().__init__(
            "a stored secret was written with a key that is not configured; add the old key to "
            "STREAMHUB_ENCRYPTION_KEYS, or type the secret again"
        )


class Unreadable(str):
    """Stands for a secret that could not be decrypted, so that pages still open; `readable` raises on it."""

    __slots__ = ()


def readable(value: str) -> str:
    if isinstance(value, Unreadable):
        raise SecretUnreadable
    return value


def sealed(text: str) -> str:
    """Encrypted, for what is kept outside a column of its own."""
    return _keys().encrypt(text.encode()).decode()


def opened(token: str) -> str:
    """What `sealed` took. Raises SecretUnreadable."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def fingerprint(text: str) -> str:
    """32 hexadecimal digits that tell whether two secrets are the same, and nothing else without our keys."""
    key = ",".join(settings.ENCRYPTION_KEYS).encode()
    return blake2b(text.encode(), key=blake2b(key).digest(), digest_size=16).hexdigest()


def masked(value: str) -> str:
    """What people see of a secret: dots of a fixed number, and the last four of twelve or more characters."""
    return DOTS + value[-4:] if len(value) >= 12 else DOTS


@cache
def _keys() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in settings.ENCRYPTION_KEYS if key.strip()])
    except ValueError as error:
        raise ImproperlyConfigured(
            "STREAMHUB_ENCRYPTION_KEYS: each key is 32 bytes in URL-safe base64, separated by commas. "
            "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        ) from error
