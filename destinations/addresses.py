"""Which IP addresses may be dialled (pure).

The list is our own. `ipaddress` has `is_global` and `is_private`, but they call multicast, NAT64 of
loopback and cloud platform addresses global, and change their minds between Python versions. Sources: the
IANA special-purpose address registries (RFC 6890) and the metadata addresses of the cloud providers.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED_V4 = [
    (IPv4Network(network), f"{words} ({network})")
    for network, words in (
        ("0.0.0.0/8", "an address of this machine itself"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's internal address"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud platform's internal address"),
        ("169.254.0.0/16", "a link-local or cloud metadata address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a protocol or cloud metadata address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved or broadcast address"),
    )
]

# Only 2000::/3 is let through, so these two lists need no completeness: the first refuses inside it, the
# second only finds better words for what lies outside.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = [
    (IPv6Network(network), f"{words} ({network})")
    for network, words in (
        ("2001::/23", "an address of a tunnel or protocol block"),
        ("2001:db8::/32", "an address for documentation"),
        ("2002::/16", "a 6to4 address"),
        ("3fff::/20", "an address for documentation"),
        ("::/128", "an address of this machine itself"),
        ("::1/128", "a loopback address"),
        ("::ffff:0:0/96", "an IPv4 address inside an IPv6 address"),
        ("fc00::/7", "a private or cloud metadata address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
]
_NAT64 = IPv6Network("64:ff9b::/96")


def address_refusal(ip: str | Address, allowed: Sequence[Network] = ()) -> str | None:
    """Why `ip` must not be dialled, in words that follow "is ...", or None if it may.

    `allowed` are the operator's exceptions. They are compared with the address as dialled and with the IPv4
    address inside an IPv4-mapped or NAT64 one.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return "not an IP address"
    if isinstance(address, IPv4Address):
        return None if _covered(address, allowed) else _refusal_v4(address)
    if address.scope_id is not None:
        return "an address with a zone"
    inner = _inner_v4(address)
    if _covered(address, allowed) or (inner is not None and _covered(inner, allowed)):
        return None
    if inner is not None and address in _NAT64:  # on IPv6-only networks every IPv4 receiver looks like this
        return _refusal_v4(inner)
    return _refusal_v6(address)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks from a setting such as "10.0.0.0/8, fd00::/8". Raises ValueError, in words."""
    networks = []
    for part in text.replace(",", " ").split():
        try:
            networks.append(ip_network(part))
        except ValueError:
            raise ValueError(
                f"“{part}” is not a network. Write its first address and a prefix length, such as 10.0.0.0/8."
            ) from None
    return tuple(networks)


def _covered(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _inner_v4(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped


def _refusal_v4(address: IPv4Address) -> str | None:
    return next((words for network, words in _REFUSED_V4 if address in network), None)


def _refusal_v6(address: IPv6Address) -> str | None:
    for network, words in _REFUSED_V6:
        if address in network:
            return words
    return None if address in _GLOBAL_V6 else "not a public IPv6 address (outside 2000::/3)"
