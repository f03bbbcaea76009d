"""The only ways out of the product: requests in, outcomes as they finish."""

from collections.abc import Collection, Sequence

from delivery.transports.seam import (
    BODY_CAP,
    ERROR_KINDS,
    Outcome,
    OutgoingRequest,
    Transport,
    Try,
    send_many,
)
from destinations.addresses import Network

__all__ = [
    "BODY_CAP",
    "ERROR_KINDS",
    "TRANSPORTS",
    "Outcome",
    "OutgoingRequest",
    "Transport",
    "Try",
    "make_transport",
    "send_many",
]

TRANSPORTS = ("curl", "requests")


def make_transport(
    name: str = "curl",
    allowed_networks: Sequence[Network] = (),
    ca_bundle: str = "",
    max_connections: int = 50,
    allowed_endpoints: Collection[tuple[str, int]] = (),
) -> Transport:
    """The transport of that name. Only the one asked for is imported.

    `allowed_networks` are the operator's exceptions to the refused addresses, `ca_bundle` a PEM file
    instead of certifi's, `max_connections` how many requests may be under way at once,
    `allowed_endpoints` single (address, port) pairs that are allowed beside the networks.
    """
    if name == "curl":
        from delivery.transports.curl import CurlTransport

        return CurlTransport(allowed_networks, ca_bundle, max_connections, allowed_endpoints)
    if name == "requests":
        from delivery.transports.plain import PlainTransport

        return PlainTransport(allowed_networks, ca_bundle, max_connections, allowed_endpoints)
    raise ValueError(f"There is no transport “{name}”. STREAMHUB_TRANSPORT must be one of: {', '.join(TRANSPORTS)}.")
