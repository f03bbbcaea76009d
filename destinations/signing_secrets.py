"""Signing secrets in use: what can be shown of them, a new one in the place of the newest, an old one's early end."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from destinations.models import Destination
from destinations.secrets import fingerprint, masked
from destinations.signing_rules import (
    HMAC,
    OVERLAP_HOURS,
    STANDARD,
    Secret,
    living,
    moment_of,
    new_secret,
    rotated,
    secret_problem,
)
from destinations.stored_secrets import as_stored, secrets_of
from events import audit


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """`ends`: None for the newest. `name` tells it from the others and is no secret."""

    shown: str
    ends: datetime | None
    name: str


class CannotRotate(ValueError):
    """Why the secrets stay as they are; the message says it and what to do."""


def shown_secrets(destination: Destination) -> list[ShownSecret]:
    """The newest first. Raises SecretUnreadable."""
    if not destination.signing:
        return []
    stored = living(secrets_of(destination).get("signing", []), now())
    return [shown(one) for one in stored]


def shown(secret: Secret) -> ShownSecret:
    return ShownSecret(masked(secret["value"]), moment_of(secret), name_of(secret["value"]))


@transaction.atomic
def rotate(destination: Destination, value: str, hours: float) -> str:
    """From now on `value`, or one made for the purpose, signs, and what signed before goes on for `hours`. Returns it.
    Raises CannotRotate."""
    _lock(destination)
    scheme = destination.signing.get("scheme")
    value = value.strip() or new_secret(scheme or STANDARD)
    problem = secret_problem(scheme, value) if scheme else "Requests are not signed. Choose a scheme first."
    _, least, most = OVERLAP_HOURS
    if not problem and not least <= hours <= most:
        problem = f"Write a number of hours from {least} to {most}."
    secrets = secrets_of(destination)
    old = living(secrets.get("signing", []), now())
    if not problem and value in [one["value"] for one in old]:
        problem = "This secret is in use already. Take another one."
    if problem:
        raise CannotRotate(problem)
    _save(destination, secrets | {"signing": rotated(scheme, old, value, 0 if scheme == HMAC else hours, now())})
    audit.record("changed the signing secret of", destination)
    return value


@transaction.atomic
def end_secret(destination: Destination, name: str) -> None:
    """At once; the newest cannot be ended, and one that has ended already needs nothing."""
    _lock(destination)
    secrets = secrets_of(destination)
    stored = secrets.get("signing", [])
    kept = [one for one in stored if one["until"] is None or name_of(one["value"]) != name]
    if kept != stored:
        _save(destination, secrets | {"signing": kept})
        audit.record("ended an old signing secret of", destination)


def _lock(destination: Destination) -> None:
    """Others may have changed them since they were read."""
    found = Destination.objects.select_for_update().get(pk=destination.pk)
    destination.signing, destination.secrets = found.signing, found.secrets


def _save(destination: Destination, secrets: dict[str, object]) -> None:
    destination.secrets = as_stored(secrets)
    destination.save(update_fields=["secrets", "updated_at"])


def name_of(value: str) -> str:
    return fingerprint(value)[:12]
