"""What a destination keeps secret, for those who may see it."""

from dataclasses import dataclass

from destinations import catalog
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.secrets import readable
from destinations.stored_secrets import secrets_of

AUTH_LABELS = {
    "basic": "Password of Basic authentication",
    "bearer": "Bearer token",
    "api_key": "API key",
    "oauth2": "OAuth client secret",
}


@dataclass(frozen=True, slots=True)
class Revealed:
    """`label`: what it is, as the page that it is set on calls it."""

    label: str
    value: str


def secrets_in(destination: Destination) -> list[Revealed]:
    """All of them. Raises SecretUnreadable."""
    kind, values, stored = catalog.of(destination), parameters_of(destination), secrets_of(destination)
    found = [
        Revealed(parameter.label or parameter.name, str(values[parameter.name]))
        for parameter in (kind.parameters if kind else ())
        if parameter.secret and values.get(parameter.name)
    ]
    found += [Revealed(f"Header {h.name}", readable(h.value)) for h in destination.header_list if h.secret and h.value]
    for number, secret in enumerate(stored.get("signing", [])):
        found.append(Revealed("Signing secret" if not number else "Old signing secret", secret["value"]))
    if value := stored.get("auth"):
        found.append(Revealed(AUTH_LABELS.get(destination.auth.get("kind", ""), "Authentication"), value))
    if value := stored.get("private_key"):
        found.append(Revealed("Private key", value))
    return found
