"""What operations about secrets have in common: asking for a new one, and what may be shown of those in use."""

from typing import Any

from ninja import Schema

from destinations.signing_rules import OVERLAP_HOURS
from destinations.signing_secrets import ShownSecret
from events.checking import Problem
from streamhub.api.answers import moment
from streamhub.api.problems import invalid


class RotateIn(Schema):
    """`secret`: left out, one is made. `overlap_hours`: so long the old one counts as well."""

    secret: str | None = None
    overlap_hours: float | None = None


class RotatedOut(Schema):
    """`secret`: the new one where it was made here, shown this once."""

    secret: str | None


class SecretOut(Schema):
    """`name` tells it from the others and is no secret. `shown`: its end. `until`: null for the newest."""

    name: str
    shown: str
    until: str | None


class SecretsOut(Schema):
    data: list[SecretOut]
    next: str | None


def shown_secret(secret: ShownSecret) -> dict[str, Any]:
    return {"name": secret.name, "shown": secret.shown, "until": moment(secret.ends)}


def rotation_of(given: dict[str, Any], usual: float = OVERLAP_HOURS[0]) -> tuple[str, float]:
    """(the secret that was sent or "", hours). Raises Refused."""
    typed = given.get("secret")
    if typed is not None and (not isinstance(typed, str) or not typed.strip()):
        raise invalid([Problem("secret", "Write text, or leave it out to have one made.")])
    return (typed or "").strip(), overlap_of(given, usual)


def overlap_of(given: dict[str, Any], usual: float = OVERLAP_HOURS[0]) -> float:
    """Raises Refused for what is no number."""
    hours = usual if given.get("overlap_hours") is None else given["overlap_hours"]
    if isinstance(hours, bool) or not isinstance(hours, (int, float)):
        raise invalid([Problem("overlap_hours", f"Write a number from {OVERLAP_HOURS[1]:g} to {OVERLAP_HOURS[2]:g}.")])
    return float(hours)
