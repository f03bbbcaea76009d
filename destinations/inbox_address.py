"""The one local address that the embedded hub may send to: its own inbox."""

from ipaddress import ip_network
from urllib.parse import urlsplit

from django.conf import settings

from destinations.addresses import Network


def inbox_endpoint() -> tuple[str, int] | None:
    """(address, port) of this hub's inbox as `up` names it, or None where an operator runs the processes himself."""
    if not settings.INBOX_ADDRESS:
        return None
    host, _, port = settings.INBOX_ADDRESS.rpartition(":")
    return host, int(port)


def allowed_with_inbox(url: str) -> tuple[Network, ...]:
    """The operator's allowed networks, and the inbox's own address for a URL that leads exactly there."""
    inbox = inbox_endpoint()
    if inbox and _host_and_port(url) == inbox:
        return (*settings.ALLOWED_NETWORKS, ip_network(inbox[0]))
    return settings.ALLOWED_NETWORKS


def _host_and_port(url: str) -> tuple[str | None, int | None] | None:
    try:
        parts = urlsplit(url.strip())
        return parts.hostname, parts.port
    except ValueError:
        return None
