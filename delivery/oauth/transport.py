"""A transport that gets its requests' access tokens first, over the transport that sends them.

A request whose token is still being fetched waits here, in nobody's way: the others go on.
"""

from time import monotonic

from delivery.oauth.grant import Grant, Token
from delivery.oauth.tokens import Tokens
from delivery.transports.seam import Answer, Failure, Outcome, OutgoingRequest, Transport
from destinations.secrets import masked

TICK = 0.02  # seconds between looks for a token while other requests are under way
NO_LONGER_AUTHORIZED = 401


class AuthorizedTransport:
    """See delivery.transports.seam.Transport. Requests without a `grant` go straight through."""

    def __init__(self, inner: Transport, tokens: Tokens) -> None:
        self._inner, self._tokens = inner, tokens
        self._waiting: dict[str, list[tuple[OutgoingRequest, float]]] = {}  # by grant: request, since when
        self._repeated: dict[int, Outcome] = {}  # by request: what it got with the token before
        self._ended: list[Outcome] = []

    @property
    def in_flight(self) -> int:
        held = sum(map(len, self._waiting.values())) if self._waiting else 0
        return self._inner.in_flight + held + len(self._ended)

    def submit(self, request: OutgoingRequest) -> None:
        if request.grant is None:
            self._inner.submit(request)
        else:
            self._authorize(request, request.grant, monotonic())

    def wait(self, timeout: float) -> list[Outcome]:
        if self._waiting:
            self._tokens.tend(0.0 if self._inner.in_flight or self._ended else timeout)
            self._release()
        if self._ended:
            timeout = 0.0
        outcomes: list[Outcome] = []
        if self._inner.in_flight:
            outcomes = self._inner.wait(min(timeout, TICK) if self._waiting else timeout)
        outcomes = [one for one in outcomes if one.request.grant is None or self._is_final(one)]
        ended, self._ended = self._ended, []
        return ended + outcomes

    def close(self) -> None:
        self._inner.close()
        self._tokens.close()
        self._waiting.clear()
        self._repeated.clear()
        self._ended.clear()

    def _authorize(self, request: OutgoingRequest, grant: Grant, since: float) -> bool:
        """Sends the request on if its token is here; False if it has to wait."""
        known = self._tokens.get(grant)
        if known is None:
            self._waiting.setdefault(grant.key, []).append((request, since))
            return False
        if isinstance(known, Token):
            request.bearer = known.value
            self._inner.submit(request)
        else:
            self._fail(request, known, since)
        return True

    def _release(self) -> None:
        """All whose token has come, or will not."""
        for key in list(self._waiting):
            held = self._waiting.pop(key)
            for place, (request, since) in enumerate(held):
                assert request.grant is not None
                if not self._authorize(request, request.grant, since):
                    self._waiting[key] = held[place:]
                    break

    def _fail(self, request: OutgoingRequest, failure: Failure, since: float) -> None:
        """Without a token nothing is sent. What a first token got stays in the attempt's tries."""
        outcome = self._repeated.pop(id(request), None) or Outcome(request, [])
        outcome.fail(failure)
        outcome.duration += monotonic() - since
        self._ended.append(self._hidden(outcome))

    def _is_final(self, outcome: Outcome) -> bool:
        """False if the request goes out once more, because its token was not good any longer."""
        request, grant = outcome.request, outcome.request.grant
        assert grant is not None
        first = self._repeated.pop(id(request), None)
        if first:
            outcome.tries = [*first.tries, *outcome.tries]
            outcome.duration += first.duration
        elif outcome.status == NO_LONGER_AUTHORIZED and self._tokens.refused(grant, request.bearer):
            self._hidden(outcome).set_answer_aside()
            self._repeated[id(request)] = outcome
            self._authorize(request, grant, monotonic())
            return False
        self._hidden(outcome)
        return True

    @staticmethod
    def _hidden(outcome: Outcome) -> Outcome:
        """The token blanked in what came back: receivers echo requests."""
        value = outcome.request.bearer
        if not value:
            return outcome
        outcome.headers, outcome.body = _blanked(value, outcome.headers, outcome.body)
        for one in outcome.tries:
            if one.answer:
                one.answer = Answer(*_blanked(value, one.answer.headers, one.answer.body), one.answer.cut)
        return outcome


def _blanked(value: str, headers: list[tuple[str, str]], body: bytes) -> tuple[list[tuple[str, str]], bytes]:
    shown = masked(value)
    return [(name, text.replace(value, shown)) for name, text in headers], body.replace(value.encode(), shown.encode())
