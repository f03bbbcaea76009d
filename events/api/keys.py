"""Basic authentication with a project's two keys: `api_key:secret_key`."""

import binascii
import hmac
from base64 import b64decode

from events.api.errors import Refused
from events.models import Project, hash_secret
from events.write_keys import POSSIBLE

WRONG = "The API key or the secret key is wrong. Both stand in the project’s settings; send them as api_key:secret_key."
MISSING = "Send the project’s keys by Basic authentication: api_key as the user, secret_key as the password."


def project_of(authorization: str) -> Project:
    """The project whose keys the header holds, read anew: a secret key that was replaced ends at once. Raises Refused
    (401)."""
    scheme, _, coded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Refused(401, "unauthorized", MISSING)
    try:
        api_key, _, secret = b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refused(401, "unauthorized", WRONG) from None
    project = Project.objects.filter(api_key=api_key).first() if POSSIBLE.fullmatch(api_key) else None
    stored = project.secret_key_hash if project else ""
    if not hmac.compare_digest(hash_secret(secret), stored) or project is None:
        raise Refused(401, "unauthorized", WRONG)
    return project
