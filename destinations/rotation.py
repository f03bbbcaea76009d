"""Stored secrets written anew with the first of STREAMHUB_ENCRYPTION_KEYS, so that an old key can go."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from destinations.secrets import EncryptedTextField, SecretUnreadable, opened, sealed
from events import bulk

ROWS = 500  # of one look


@dataclass(slots=True)
class Rotated:
    """How many values: written anew, written with the first key already; where one stands that no key opens."""

    anew: int = 0
    current: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.anew + self.current + len(self.unreadable)


def rotate_all() -> Rotated:
    """Safe while the hub runs, and to be broken off and begun again: each value is changed by itself, and only if it is
    still what was read."""
    first = Fernet(settings.ENCRYPTION_KEYS[0].strip())
    found = Rotated()
    for model, column in _columns():
        for pk, token in _values(model, column):
            if opens(first, token):
                found.current += 1
                continue
            try:
                _replace(model, column, pk, token, sealed(opened(token)))
                found.anew += 1
            except SecretUnreadable:
                found.unreadable.append(f"{model._meta.verbose_name} {pk}: {column}")
    return found


def _columns() -> Iterator[tuple[type[models.Model], str]]:
    for model in apps.get_models():
        for one in model._meta.concrete_fields:
            if isinstance(one, EncryptedTextField) and one.column is not None:
                yield model, one.column


def _values(model: type[models.Model], column: str) -> Iterator[tuple[int, str]]:
    """The tokens as they stand in the table: the field would open them."""
    key, last = model._meta.pk.column, 0
    while rows := bulk.fetch(
        f"SELECT {key}, {column} FROM {model._meta.db_table} "
        f"WHERE {key} > %s AND {column} <> '' ORDER BY {key} LIMIT {ROWS}",
        [last],
    ):
        yield from rows
        last = rows[-1][0]


def _replace(model: type[models.Model], column: str, pk: int, old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {column} = %s WHERE {model._meta.pk.column} = %s AND {column} = %s",
            [new, pk, old],
        )


def opens(key: Fernet, token: str) -> bool:
    """Whether `token` was written with this key."""
    try:
        key.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
