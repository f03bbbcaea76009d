"""The headers that prove where a request comes from, made anew for each try over the very bytes that are sent.

Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from destinations.signing_rules import STANDARD, Secret, key_of, moment_of

# (id of the message, body, epoch seconds) -> headers
Signer = Callable[[str, bytes, float], list[tuple[str, str]]]


def make_signer(settings: dict[str, Any], secrets: Sequence[Secret]) -> Signer | None:
    """For stored settings (destinations.signing_rules); None where nothing is signed."""
    if not settings:
        return None
    if settings["scheme"] == STANDARD:
        return _standard([(key_of(STANDARD, one["value"]), _end(one)) for one in secrets])
    return _one_header(settings, secrets[0]["value"].encode())


def _end(secret: Secret) -> float:
    moment = moment_of(secret)
    return moment.timestamp() if moment else inf


def _standard(keys: Sequence[tuple[bytes, float]]) -> Signer:
    """One signature for each secret that has not come to its end, the newest first."""

    def sign(message: str, body: bytes, moment: float) -> list[tuple[str, str]]:
        timestamp = str(int(moment))
        content = f"{message}.{timestamp}.".encode() + body
        signatures = [
            "v1," + b64encode(hmac.digest(key, content, "sha256")).decode() for key, end in keys if end > moment
        ]
        return [("webhook-timestamp", timestamp), ("webhook-signature", " ".join(signatures))]

    return sign


def _one_header(settings: dict[str, Any], key: bytes) -> Signer:
    header, algorithm, timestamp_header = settings["header"], settings["algorithm"], settings["timestamp_header"]
    before, after = settings["content"].split("{body}")
    prefix, in_hex = settings["prefix"], settings["encoding"] == "hex"

    def sign(message: str, body: bytes, moment: float) -> list[tuple[str, str]]:
        timestamp = str(int(moment))

        def filled(text: str) -> str:
            return text.replace("{id}", message).replace("{timestamp}", timestamp) if "{" in text else text

        digest = hmac.digest(key, filled(before).encode() + body + filled(after).encode(), algorithm)
        signature = filled(prefix) + (digest.hex() if in_hex else b64encode(digest).decode())
        return [*([(timestamp_header, timestamp)] if timestamp_header else []), (header, signature)]

    return sign
