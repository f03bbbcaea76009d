"""Which token to send a request with. Fetching never blocks: whoever needs one asks again a little later.

One token per grant for all processes: whoever finds none takes a lock and fetches, the others look into the shared
store until it is there. It is renewed in the background before its end, and on a 401 from the receiver.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard, TypeVar

from django.conf import settings

from delivery.oauth.grant import Grant, NoToken, Token, token_of, token_request
from delivery.oauth.store import LOCK_SECONDS, Known, TokenStore
from delivery.transports.seam import Failure, Transport

FAILED_SECONDS = 10.0  # a token endpoint that failed is left alone this long
YOUNG_SECONDS = 10.0  # a receiver that refuses a token as young as this will refuse the next one too
POLL_SECONDS = 0.1  # between looks for what another process fetches
HERE, ELSEWHERE = "here", "elsewhere"
K = TypeVar("K", bound=Known)


@dataclass(slots=True)
class _Entry:
    grant: Grant
    token: Token | None = None
    none: NoToken | None = None
    fetching: str = ""  # HERE, ELSEWHERE or not at all
    fetching_until: float = 0.0  # then whoever fetches elsewhere is gone
    polled_at: float = 0.0
    refused: str = ""  # the value that a receiver would not take any more


class Tokens:
    """One process's view. `transport` makes the plain transport that token endpoints are asked through."""

    def __init__(
        self,
        transport: Callable[[], Transport],
        store: TokenStore | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._make_transport = transport
        self._transport: Transport | None = None
        self._store, self._clock = store or TokenStore(), clock
        self._entries: dict[str, _Entry] = {}

    def get(self, grant: Grant) -> Token | Failure | None:
        """The token to use now, or why there is none; None while it is fetched: `tend`, then ask again."""
        entry = self._entries.get(grant.key)
        if entry is None:
            entry = self._entries[grant.key] = _Entry(grant)
        moment = self._clock()
        if _holds(entry.token, moment):
            if moment >= entry.token.renew_at and not entry.fetching and not _holds(entry.none, moment):
                self._fetch(entry, moment)
            return entry.token
        if entry.fetching:
            return None
        entry.token = None
        if not _holds(entry.none, moment):
            self._look(entry, moment)
        if entry.token:
            return entry.token
        if _holds(entry.none, moment):
            return entry.none.why
        self._fetch(entry, moment)
        return None

    def refused(self, grant: Grant, value: str) -> bool:
        """The receiver answered 401 to this token. Whether another try with another token is worth while."""
        entry = self._entries.get(grant.key)
        if entry is None:
            return False
        if entry.token is None or entry.token.value != value:
            return True  # another is here by now, or on its way
        if self._clock() - entry.token.fetched_at < YOUNG_SECONDS:
            return False
        entry.refused, entry.token = value, None
        known = self._store.load(grant.key)
        if isinstance(known, Token) and known.value == value:
            self._store.drop(grant.key)
        return True

    def tend(self, timeout: float) -> None:
        """Takes in what token endpoints answered; waits up to `timeout` seconds for one of them."""
        fetching = [entry for entry in self._entries.values() if entry.fetching]
        if self._transport and any(entry.fetching == HERE for entry in fetching):
            for outcome in self._transport.wait(timeout):
                grant: Grant = outcome.request.token  # type: ignore[assignment]
                self._take(self._entries[grant.key], token_of(grant, outcome, self._clock()))
        elif fetching and timeout:
            time.sleep(min(timeout, POLL_SECONDS))
        moment = self._clock()
        for entry in fetching:
            if entry.fetching == ELSEWHERE and abs(moment - entry.polled_at) >= POLL_SECONDS:
                self._look(entry, moment)
                if entry.fetching and not entry.polled_at <= moment < entry.fetching_until:
                    entry.fetching = ""

    def close(self) -> None:
        if self._transport:
            self._transport.close()
        self._transport = None
        self._entries.clear()

    def _fetch(self, entry: _Entry, moment: float) -> None:
        if self._store.lock(entry.grant.key):
            entry.fetching = HERE
            self._transport = self._transport or self._make_transport()
            self._transport.submit(token_request(entry.grant, settings.WEBHOOK_USER_AGENT))
        else:
            entry.fetching, entry.fetching_until = ELSEWHERE, moment + LOCK_SECONDS

    def _take(self, entry: _Entry, answer: Token | Failure) -> None:
        """What this process fetched, for all of them."""
        moment = self._clock()
        known = answer if isinstance(answer, Token) else NoToken(answer, moment + FAILED_SECONDS)
        if isinstance(known, Token) or not _holds(entry.token, moment):
            self._store.save(entry.grant.key, known, known.ends_at - moment)
        else:  # a renewal that failed does not take away what still holds
            self._store.unlock(entry.grant.key)
        self._enter(entry, known)

    def _look(self, entry: _Entry, moment: float) -> None:
        """What any process fetched, if it is news here."""
        entry.polled_at = moment
        known = self._store.load(entry.grant.key)
        old = entry.token.value if entry.token else entry.refused
        if _holds(known, moment) and not (isinstance(known, Token) and known.value == old):
            self._enter(entry, known)

    @staticmethod
    def _enter(entry: _Entry, known: Known) -> None:
        entry.fetching = ""
        if isinstance(known, Token):
            entry.token, entry.none = known, None
        else:
            entry.none = known


def _holds(known: K | None, moment: float) -> TypeGuard[K]:
    """A clock that was set back must not make a failure last."""
    if isinstance(known, NoToken) and known.ends_at - moment > FAILED_SECONDS:
        return False
    return known is not None and moment < known.ends_at
