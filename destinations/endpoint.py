"""A destination's URL: nine strict rules, one normal form (pure).

URL parsers disagree about backslashes, user information, short numeric hosts and much else, and each
disagreement is a way to an address that was not checked. So what they read differently is refused, and what
is left is rewritten to the one form that is stored and handed to the transports. The rules are applied at
save and to every rendered URL. Sources: RFC 3986 (syntax), RFC 6761 (localhost), UTS 46 (international
names), the Fetch standard (ports).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import idna

from destinations.addresses import Network, address_refusal

MOST_CHARACTERS = 2048

# "Bad ports" of the Fetch standard: services that could be talked into something by an HTTP request.
# fmt: off
_SERVICE_PORTS = frozenset((
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
    526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))
# fmt: on
_EXCEPTION = " An operator can allow it in STREAMHUB_ALLOWED_NETWORKS."
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PARTS = re.compile(r"([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_TO_CODE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]")


class BadURL(ValueError):
    """A URL that is refused. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL that passed. `url` is its normal form: ASCII, lower-case scheme and host, no default port."""

    url: str
    scheme: str
    host: str  # ASCII; an IPv6 address without its brackets
    port: int
    warnings: tuple[str, ...] = ()

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)


def check_url(text: str, *, allowed: Sequence[Network] = (), require_https: bool = False) -> Endpoint:
    """The normal form of a URL, or `BadURL`.

    `allowed` are the operator's exceptions to the list of refused addresses. A name is not resolved here:
    what it leads to is checked when the connection is made.
    """
    text = _clean(text)
    scheme, rest = _split_scheme(text, require_https)
    parts = _PARTS.fullmatch(rest)
    assert parts is not None  # each of them may be empty
    authority, path, query, fragment = parts.groups()
    if not authority:
        raise BadURL(f"The URL has no host after “{scheme}://”. Write {scheme}://, then the receiver's host name.")
    if "@" in authority:
        raise BadURL(
            "The URL has a user name or password before the host (“…@”). Remove it and enter it under Authentication."
        )
    if fragment is not None:
        raise BadURL("The URL has a fragment (“#…”), which is never sent. Remove it; write a plain # as %23.")
    host_text, port_text = _split_port(authority)
    host = _ipv6(host_text, allowed) if host_text.startswith("[") else _name_or_ipv4(host_text, allowed)
    port = _DEFAULT_PORTS[scheme] if port_text is None else _port(port_text)
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    url = f"{scheme}://{shown_host}{shown_port}{_coded(path or '/')}{_coded(query or '')}"
    if len(url) > MOST_CHARACTERS:
        raise BadURL(
            f"The URL has {len(url)} characters once its path and query are percent-coded; at most "
            f"{MOST_CHARACTERS} are allowed. Move data from the URL into the body."
        )
    warnings = () if scheme == "https" else ("Sent unencrypted: anyone on the way can read it. Use https://.",)
    return Endpoint(url, scheme, host, port, warnings)


def _clean(text: str) -> str:
    text = text.strip(" \t\r\n")
    if not text:
        raise BadURL("The URL is empty. Write the receiver's address, such as https://example.com/webhook.")
    if len(text) > MOST_CHARACTERS:
        raise BadURL(
            f"The URL has {len(text)} characters; at most {MOST_CHARACTERS} are allowed. "
            "Move data from the URL into the body."
        )
    for position, character in enumerate(text, 1):
        if character == "\\":
            raise BadURL(f"The URL has a backslash at character {position}. Write / or, in a value, %5C.")
        if character.isspace():
            raise BadURL(f"The URL has white space at character {position}. Remove it or write %20.")
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise BadURL(f"The URL has a control character at character {position}. Remove it.")
    return text


def _split_scheme(text: str, require_https: bool) -> tuple[str, str]:
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    if scheme not in _DEFAULT_PORTS:
        raise BadURL("The URL must begin with https:// or http://. Other ways of sending are not supported.")
    rest = text[len(scheme) + 1 :]
    if not rest.startswith("//") or rest.startswith("///"):
        raise BadURL(f"The URL must have exactly two slashes after “{scheme}:”. Write {scheme}://host/path.")
    if require_https and scheme == "http":
        raise BadURL("The URL begins with http://, but this installation only sends encrypted. Use https://.")
    return scheme, rest[2:]


def _split_port(authority: str) -> tuple[str, str | None]:
    if authority.startswith("["):
        host, bracket, rest = authority.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise BadURL("The host begins with [ but is not an address in brackets. Write [2001:…]:port.")
        return host + bracket, rest[1:] if rest else None
    if authority.count(":") > 1:
        raise BadURL("The host has more than one colon. Write one port at most, and an IPv6 address in brackets.")
    host, colon, port = authority.partition(":")
    return host, port if colon else None


def _ipv6(host: str, allowed: Sequence[Network]) -> str:
    inside = host[1:-1]
    if "%" in inside:
        raise BadURL("The IPv6 address names a network interface (“%…”). Write the address without it.")
    try:
        address = IPv6Address(inside)
    except AddressValueError:
        raise BadURL(f"“{host}” is not an IPv6 address. Only IPv6 addresses stand in brackets.") from None
    return _checked(address, allowed)


def _name_or_ipv4(host: str, allowed: Sequence[Network]) -> str:
    if "%" in host:
        raise BadURL("The host has a percent sign. Write the host name as it is, without percent-coding.")
    host = _ascii(host).lower()
    name = host.removesuffix(".")
    labels = name.split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return _ipv4(host, allowed)
    _check_labels(name, labels)
    if labels[-1] == "localhost" and all(address_refusal(ip, allowed) for ip in ("127.0.0.1", "::1")):
        raise BadURL(f"“{name}” is this machine itself. Use a host name that the internet knows.{_EXCEPTION}")
    return name


def _ascii(host: str) -> str:
    """An international name as DNS knows it. ASCII names stay: IDNA would refuse underscores."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadURL(f"“{host}” is not a valid international host name. Check its spelling.") from None


def _ipv4(host: str, allowed: Sequence[Network]) -> str:
    try:
        address = IPv4Address(host)
    except AddressValueError:
        raise BadURL(
            f"“{host}” is not a host. Write a host name, or an IPv4 address as four numbers from 0 to 255."
        ) from None
    return _checked(address, allowed)


def _checked(address: IPv4Address | IPv6Address, allowed: Sequence[Network]) -> str:
    refusal = address_refusal(address, allowed)
    if refusal:
        raise BadURL(f"“{address}” is {refusal}. Use a public address.{_EXCEPTION}")
    return str(address)


def _check_labels(name: str, labels: list[str]) -> None:
    if len(name) > 253:
        raise BadURL(f"The host name has {len(name)} characters; at most 253 are allowed.")
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise BadURL(
                f"“{label or name}” cannot stand in a host name. Between its dots are 1 to 63 letters, "
                "digits, hyphens or underscores, with no hyphen at either end."
            )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535):
        raise BadURL(f"“:{text}” is not a port. Write a number from 1 to 65535, or leave the colon out.")
    if int(text) in _SERVICE_PORTS:
        raise BadURL(f"Port {int(text)} belongs to another kind of service. Use the port of a web server.")
    return int(text)


def _coded(text: str) -> str:
    """Percent-code, as UTF-8, what may not stand in a path or query. What is coded already stays as it is."""
    return _TO_CODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)
