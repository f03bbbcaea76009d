"""The transport as this installation is set up: which addresses it dials, whom it believes, where tokens come from."""

from django.conf import settings

from delivery.oauth.tokens import Tokens
from delivery.oauth.transport import AuthorizedTransport
from delivery.transports import Transport, make_transport
from destinations.inbox_address import inbox_endpoint


def hub_transport(max_connections: int) -> Transport:
    """One of its own for each caller; tokens are shared by all processes."""
    return AuthorizedTransport(_transport(settings.TRANSPORT, max_connections), Tokens(_for_tokens))


def plain_transport(max_connections: int) -> Transport:
    """For few requests, each to another receiver: the plain one, whose threads cost nothing while it is not needed."""
    return _transport("requests", max_connections)


def _for_tokens() -> Transport:
    return plain_transport(max_connections=16)


def _transport(name: str, max_connections: int) -> Transport:
    inbox = inbox_endpoint()
    return make_transport(
        name,
        allowed_networks=settings.ALLOWED_NETWORKS,
        allowed_endpoints=[inbox] if inbox else [],
        ca_bundle=settings.CA_BUNDLE,
        max_connections=max_connections,
    )
