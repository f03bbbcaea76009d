"""Environment variables that say what they are for in words where they cannot be it. Read before Django is set up."""

import warnings
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from destinations.addresses import Network, parse_networks

env = environ.Env()

ON, OFF = ("true", "on", "yes", "y", "ok", "1"), ("false", "off", "no", "n", "0", "")
DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
REDIS = ("redis://", "rediss://", "unix://")


def switch(name: str, otherwise: bool = False) -> bool:
    """A typing error must not switch something off."""
    given = env(name, default=str(otherwise)).strip().lower()
    if given not in (*ON, *OFF):
        raise ImproperlyConfigured(f"{name} is “{given}”. Write true or false.")
    return given in ON


def number(name: str, otherwise: int) -> int:
    given = env(name, default=str(otherwise)).strip()
    if not given.isascii() or not given.isdigit():
        raise ImproperlyConfigured(f"{name} is “{given}”. Write a whole number.")
    return int(given)


def networks(name: str, otherwise: str = "") -> tuple[Network, ...]:
    try:
        return parse_networks(env(name, default=otherwise))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def database(name: str, otherwise: str) -> dict[str, Any]:
    """An entry of Django's DATABASES. The value is not repeated in the error: it holds a password."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of django-environ's: it holds the password too
            found: dict[str, Any] = env.db(name, default=otherwise)
    except ValueError:
        found = {}
    if found.get("ENGINE") not in DATABASES:
        raise ImproperlyConfigured(
            f"{name} names no database that the hub can use. Write postgres://USER:PASSWORD@HOST:5432/NAME (characters "
            "such as @ and / of a password as %40 and %2F), or sqlite:////FOLDER/streamhub.sqlite3."
        )
    return found


def redis_address(name: str, otherwise: str) -> str:
    given: str = env(name, default=otherwise)
    if not given.startswith(REDIS):
        raise ImproperlyConfigured(f"{name} is no address of a Redis. Write redis://:PASSWORD@HOST:6379/0.")
    return given
