"""Single sign-on that is half configured, or more open than it looks."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from events.roles import Role
from streamhub.single_sign_on.configuration import Oidc

LONGEST_ISSUER = 200  # characters: what allauth's column holds
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@register(Tags.security)
def single_sign_on(app_configs: Any, **more: Any) -> list[CheckMessage]:
    oidc: Oidc = settings.OIDC
    return [*_missing(oidc), *_issuer(oidc), *_accounts(oidc)]


@register(Tags.security, deploy=True)
def single_sign_on_by_tls(app_configs: Any, **more: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.OIDC.issuer)
    if parts.scheme != "http" or parts.hostname in LOOPBACK:
        return []
    words = "STREAMHUB_OIDC_ISSUER has no https: who sits in between could sign in as anybody."
    return [Error(words, "Give the provider a certificate.", id="streamhub.E012")]


def _missing(oidc: Oidc) -> Iterator[CheckMessage]:
    needed = {"ISSUER": oidc.issuer, "CLIENT_ID": oidc.client_id, "CLIENT_SECRET": oidc.client_secret}
    missing = [f"STREAMHUB_OIDC_{name}" for name, value in needed.items() if not value]
    if missing and len(missing) < len(needed):
        yield Error(
            f"Single sign-on is half configured, and off: {' and '.join(missing)} missing.",
            "Set all of STREAMHUB_OIDC_ISSUER, STREAMHUB_OIDC_CLIENT_ID and STREAMHUB_OIDC_CLIENT_SECRET, or none.",
            id="streamhub.E008",
        )
    elif missing and not oidc.passwords:
        yield Error(
            "STREAMHUB_OIDC_PASSWORDS is false without single sign-on: nobody could sign in. Passwords stay on.",
            "Set up the provider first, or take STREAMHUB_OIDC_PASSWORDS away.",
            id="streamhub.E009",
        )


def _issuer(oidc: Oidc) -> Iterator[CheckMessage]:
    if not oidc.issuer:
        return
    parts = urlsplit(oidc.issuer)
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    if not plain or parts.username or len(oidc.issuer) > LONGEST_ISSUER:
        yield Error(
            f"STREAMHUB_OIDC_ISSUER is no address of a provider: {oidc.issuer[:100]!r}.",
            "It begins with https:// and has no query: what the provider calls its issuer, or the address of its "
            "configuration without /.well-known/openid-configuration.",
            id="streamhub.E010",
        )


def _accounts(oidc: Oidc) -> Iterator[CheckMessage]:
    if oidc.role not in Role.values:
        yield Error(
            f"STREAMHUB_OIDC_ROLE is {oidc.role!r}.", f"Use one of {', '.join(Role.values)}.", id="streamhub.E011"
        )
    if oidc.is_on and oidc.project and not oidc.makes_accounts:
        yield Warning(
            "STREAMHUB_OIDC_PROJECT does nothing: it is for accounts that are made on their first sign-in.",
            "Set STREAMHUB_OIDC_MAKE_ACCOUNTS=true, or take it away.",
            id="streamhub.W001",
        )
    if oidc.is_on and oidc.makes_accounts and not oidc.domains:
        yield Warning(
            "Whoever the provider knows gets an account of this hub on the first sign-in.",
            "Name the domains of their e-mail addresses in STREAMHUB_OIDC_DOMAINS, unless the provider knows your own "
            "people only.",
            id="streamhub.W002",
        )
