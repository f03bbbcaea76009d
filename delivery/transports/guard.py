"""The address check both transports ask, at the moment a connection is made or used again."""

from collections.abc import Collection, Sequence

from destinations.addresses import Network, address_refusal

_MOST_VERDICTS = 10_000


class AddressGuard:
    """One policy for the life of a transport: pooled connections know nothing of policies.

    `endpoints` are single (address, port) pairs that are allowed although their address is not: the hub's own inbox.
    """

    def __init__(self, allowed: Sequence[Network] = (), endpoints: Collection[tuple[str, int]] = ()):
        self._allowed = tuple(allowed)
        self._endpoints = frozenset(endpoints)
        self._verdicts: dict[str, str | None] = {}

    def refusal(self, ip: str, port: int) -> str | None:
        """Why this address, as dialled, is refused (words after "is ..."), or None. Remembers its verdicts."""
        try:
            verdict = self._verdicts[ip]
        except KeyError:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[ip] = address_refusal(ip, self._allowed)
        return None if verdict and (ip, port) in self._endpoints else verdict
