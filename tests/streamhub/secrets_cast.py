"""A project in which everything that can be secret is, and each secret by its name."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.models import User

from delivery.hooks.secrets import rotate
from delivery.models import Channel
from delivery.monitors.specification import save_channel
from destinations import specification
from destinations.models import Destination
from events.models import Project
from events.roles import Role
from streamhub.api_tokens import make_token
from streamhub.project_settings import renew_secret_key
from streamhub.scopes import SCOPES
from streamhub.second_factor import factor
from tests.destinations.test_protection import certificate_pair

STANDARD = f"whsec_{b64encode(b'canary' * 5).decode()}"
OLD = f"whsec_{b64encode(b'canari' * 5).decode()}"
# What is kept encrypted, and shown to who may see it. Only the last four characters are ever shown to others.
KEPT = {
    "header": "canary-header-0a1b",
    "old signing secret": OLD,
    "signing secret": STANDARD,
    "own signing secret": "canary-signing-0a1b",
    "password": "canary-password-0a1b",
    "bearer": "canary-bearer-0a1b",
    "key": "canary-key-0a1b",
    "client secret": "canary-client-0a1b",
    "parameter": "canary-parameter-0a1b",
    "url parameter": "https://hooks.slack.com/services/T0A1B/B0A1B/canaryUrl0a1b",
    "webhook": "canary-webhook-0a1b",
    "channel": "https://hooks.example.com/services/canary-channel-0a1b",
}


@dataclass
class Cast:
    project: Project
    destinations: list[Destination]
    channel: Channel
    secrets: dict[str, str]


# Which secrets a receiver may know, by its destination.
SENT = {
    "Signed": ("header", "signing secret", "old signing secret"),
    "Own": ("own signing secret", "bearer"),
    "Basic": ("password",),
    "Key": ("key",),
}


def keep_secrets(project: Project, user: User, urls: Mapping[str, str]) -> Cast:
    """`urls`: where the requests go of those that are sent. `user` gets a second factor."""
    certificate, key = certificate_pair()
    made = []
    for given in _destinations(certificate, key):
        sent = {"url": urls[given["name"]], "enabled": True} if given["name"] in urls else {}
        made.append(specification.save(project, given | sent)[0])
    rotate(project, KEPT["webhook"], 0)
    channel = save_channel(project, {"name": "Chat", "kind": "chat", "address": KEPT["channel"]})[0]
    totp = generate_totp_secret()
    factor.switch_on(user, totp, 0)
    shown_once = {
        "secret key": renew_secret_key(project),
        "token": make_token(project, name="CI", role=Role.ADMIN, scopes=SCOPES)[1],
        "totp": totp,
        "recovery code": factor.unused_codes(user)[0],
    }
    secrets = KEPT | shown_once | {"private key": key.splitlines()[1]}
    basic = b64encode(f"hub:{KEPT['password']}".encode()).decode()
    return Cast(project, made, channel, secrets | {"basic header": basic})


def _destinations(certificate: str, key: str) -> list[dict[str, Any]]:
    plain = {"kind": "webhook", "url": "https://example.com/hook"}
    header = {"name": "X-Own", "value": KEPT["header"], "secret": True}
    signed = {"scheme": "standard", "secrets": [{"value": STANDARD}, {"value": OLD, "until": "2100-01-01T00:00:00Z"}]}
    own = {"scheme": "hmac", "header": "X-Signature", "secrets": [{"value": KEPT["own signing secret"]}]}
    oauth = {"kind": "oauth2", "token_url": "https://login.example.com/token", "client_id": "hub"}
    return [
        {"name": "Signed", **plain, "headers": [header], "signing": signed},
        {"name": "Own", **plain, "signing": own, "auth": {"kind": "bearer", "token": KEPT["bearer"]}},
        {"name": "Basic", **plain, "auth": {"kind": "basic", "username": "hub", "password": KEPT["password"]}},
        {"name": "Key", **plain, "auth": {"kind": "api_key", "value": KEPT["key"]}},
        {
            "name": "OAuth", **plain,
            "auth": oauth | {"client_secret": KEPT["client secret"]},
            "client_certificate": {"certificate": certificate, "private_key": key},
        },
        {"name": "Braze", "kind": "braze", "parameters": {"api_key": KEPT["parameter"]}},
        {"name": "Slack", "kind": "slack", "parameters": {"webhook_url": KEPT["url parameter"]}},
    ]  # fmt: skip
