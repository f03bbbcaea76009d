"""What a destination keeps secret beside its headers: one encrypted JSON object.

{"signing": [{"value": text, "until": ISO time or null}], newest first; "auth": the password, token or key;
"private_key": the client certificate's, in PEM}. What is not there has no key.
"""

from collections.abc import Mapping
from typing import Any

from destinations.models import Destination
from destinations.secrets import readable
from events.jsontext import dumps, loads

Secrets = dict[str, Any]


def secrets_of(destination: Destination) -> Secrets:
    """Raises SecretUnreadable."""
    text = readable(destination.secrets)
    return loads(text) if text else {}


def as_stored(secrets: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in secrets.items() if value}
    return dumps(kept) if kept else ""
