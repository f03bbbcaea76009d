"""What must not be so where others can reach the hub: told by `check --deploy`; with the worst of it no start."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.management.base import CommandError

SHORTEST_KEY = 50  # characters
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Nothing of the hub's users is there, or everything is.
NEVER = tuple(ip_network(n) for n in ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10"))
WITH_TLS = "Put a proxy with TLS in front, set STREAMHUB_HTTPS=true and STREAMHUB_TRUSTED_PROXIES."
WIDEST = {4: 16, 6: 48}  # prefix lengths: a network with more addresses is hardly one that is meant


@register(Tags.security, deploy=True)
def production(app_configs: Any, **more: Any) -> list[CheckMessage]:
    return [*refusals(), *_networks(), *_behind_a_proxy()]


def refusals() -> Iterator[CheckMessage]:
    """What `up` and `web` do not start with, unless only this machine can reach them."""
    if settings.DEBUG:
        yield Error("DEBUG is on: error pages show the program's inside.", "Take DEBUG away.", id="streamhub.E001")
    if len(settings.SECRET_KEY) < SHORTEST_KEY or settings.SECRET_KEY.startswith("django-insecure"):
        yield Error(
            f"SECRET_KEY has fewer than {SHORTEST_KEY} characters, or is an example: sessions could be forged.",
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="streamhub.E002",
        )
    if not settings.ENCRYPTION_KEYS or not all(map(_is_key, settings.ENCRYPTION_KEYS)):
        yield Error(
            "STREAMHUB_ENCRYPTION_KEYS holds something that is no Fernet key, or only zeros.",
            "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'",
            id="streamhub.E003",
        )
    if wide := [
        name for name in settings.ALLOWED_HOSTS if name == "*" or (name.startswith(".") and name.count(".") < 2)
    ]:
        yield Error(
            f"STREAMHUB_HOSTS allows {', '.join(wide)}: any page that names itself so reaches the hub by its visitors.",
            "List the names that the hub is reached by.",
            id="streamhub.E004",
        )


def is_reachable(host: str) -> bool:
    """Whether others than this machine can connect to what listens on `host`."""
    return host not in LOOPBACK and not host.startswith("127.")


def refuse_to_start(host: str) -> None:
    """Raises CommandError if `host` is reachable and something is as it must not be."""
    if not is_reachable(host):
        return
    if found := list(refusals()):
        words = "\n".join(f"{one.msg} {one.hint}" for one in found)
        raise CommandError(f"Others could reach this hub on {host}, so it does not start:\n{words}")


def _is_key(text: str) -> bool:
    try:
        Fernet(text.strip())
    except ValueError:
        return False
    return len(set(text.strip().rstrip("="))) > 1


def _networks() -> Iterator[CheckMessage]:
    if wrong := [str(network) for network in settings.ALLOWED_NETWORKS if _is_too_much(network)]:
        yield Error(
            f"STREAMHUB_ALLOWED_NETWORKS lets destinations into {', '.join(wrong)}, and all who may edit one.",
            f"Name the receivers' own networks, none wider than /{WIDEST[4]}, and not this machine itself.",
            id="streamhub.E005",
        )


def _is_too_much(network: IPv4Network | IPv6Network) -> bool:
    if network.prefixlen < WIDEST[network.version]:
        return True
    return any(network.overlaps(never) for never in NEVER if never.version == network.version)


def _behind_a_proxy() -> Iterator[CheckMessage]:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield Error(
            "STREAMHUB_HTTPS is on and STREAMHUB_TRUSTED_PROXIES is empty: no request would count as https.",
            "Name the network of the proxy that ends TLS.",
            id="streamhub.E006",
        )
    public = [name for name in settings.ALLOWED_HOSTS if name not in ("[::1]", *LOOPBACK) and not _is_address(name)]
    if public and not settings.HTTPS:
        yield Error(
            f"The hub is reached as {public[0]} without STREAMHUB_HTTPS: passwords and cookies go in the clear.",
            WITH_TLS,
            id="streamhub.E007",
        )
    elif not settings.HTTPS:
        yield Warning(
            "STREAMHUB_HTTPS is off: passwords and cookies go in the clear, which is right on this machine alone.",
            WITH_TLS,
            id="streamhub.W001",
        )


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
