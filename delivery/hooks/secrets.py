"""The secrets by which a project knows its incoming webhooks: one, or two while the sender changes over."""

import hmac
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from delivery.models import HookSecrets
from destinations.secrets import SecretUnreadable, readable
from destinations.signing_rules import (
    HMAC,
    OVERLAP_HOURS,
    STANDARD,
    Secret,
    check_secrets,
    living,
    new_secret,
    rotated,
    secret_problem,
)
from destinations.signing_secrets import CannotRotate, ShownSecret, name_of, shown
from events import audit
from events.jsontext import dumps, loads
from events.models import Project


def secrets_of(project: Project) -> list[Secret]:
    """Those that count, the newest first; [] where anybody with the write key may send. Raises SecretUnreadable."""
    found = HookSecrets.objects.filter(project=project.pk).first()
    return living(loads(readable(found.secrets)), now()) if found else []


def verifies(secrets: Sequence[Secret], body: bytes, signature: str) -> bool:
    """Whether `signature` is that of the body under one of them; in constant time."""
    given = signature.encode(errors="replace")
    right = [hmac.compare_digest(sign(one["value"], body).encode(), given) for one in secrets]
    return any(right)


def sign(secret: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


def shown_secrets(project: Project) -> list[ShownSecret]:
    """Raises SecretUnreadable."""
    return [shown(one) for one in secrets_of(project)]


def rotate(project: Project, value: str, hours: float) -> str:
    """From now on `value`, or one made for the purpose, counts, and what counted before goes on for `hours`. Returns
    it. Raises CannotRotate."""
    _, least, most = OVERLAP_HOURS
    value = value.strip() or new_secret(HMAC)
    with transaction.atomic():
        old = _locked(project)
        problem = secret_problem(HMAC, value)
        if not least <= hours <= most:
            problem = f"Write a number of hours from {least} to {most}."
        if value in [one["value"] for one in old]:
            problem = "This secret is in use already. Take another one."
        if problem:
            raise CannotRotate(problem)
        _save(project, rotated(STANDARD, old, value, hours, now()))
        audit.record("changed the webhook secret of" if old else "set a webhook secret for", project)
    return value


def end_secret(project: Project, name: str) -> None:
    """At once. Without the last one, webhooks are taken from whoever has the write key."""
    with transaction.atomic():
        stored = _locked(project)
        kept = [one for one in stored if name_of(one["value"]) != name]
        if kept != stored:
            _save(project, [one | {"until": None} if not number else one for number, one in enumerate(kept)])
            audit.record("ended a webhook secret of", project)


def describe(project: Project, *, with_secrets: bool) -> dict[str, Any]:
    """As `apply` takes it; {} where there is none. Secrets are None unless asked for."""
    if not HookSecrets.objects.filter(project=project.pk).exists():
        return {}
    try:
        return {"secrets": secrets_of(project) if with_secrets else None}
    except SecretUnreadable:
        return {"secrets": None}


def set_secrets(project: Project, given: Any) -> bool:
    """What a declaration says: {"secrets": [{value, until}]}; None keeps what is stored, [] takes all away. Whether
    anything changed. Raises BadSigning."""
    wanted = check_secrets(HMAC, given, most=2)
    if wanted is None or wanted == _stored(project):
        return False
    with transaction.atomic():
        _save(project, wanted)
        audit.record("changed the webhook secret of", project)
    return True


def _stored(project: Project) -> list[Secret] | None:
    try:
        return secrets_of(project)
    except SecretUnreadable:
        return None


def _locked(project: Project) -> list[Secret]:
    """Two who change them at once do it one after the other. What cannot be read any more counts no longer."""
    Project.objects.select_for_update().get(pk=project.pk)
    return _stored(project) or []


def _save(project: Project, secrets: list[Secret]) -> None:
    if secrets:
        HookSecrets.objects.update_or_create(project=project, defaults={"secrets": dumps(secrets)})
    else:
        HookSecrets.objects.filter(project=project.pk).delete()
