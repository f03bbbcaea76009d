"""A log line (level INFO) and a span for each attempt: which delivery, what came of it. Bodies and headers stay in the
database."""

import logging
from collections.abc import Callable

from delivery.claims import Claimed
from delivery.models import State
from delivery.transports.seam import Outcome
from events import spans

log = logging.getLogger(__name__)


def is_on() -> bool:
    return log.isEnabledFor(logging.INFO)


def tell(claimed: Claimed, outcome: Outcome, state: State, words: str, hide: Callable[[str], str]) -> None:
    """`words`: the outcome in one line; `hide` blanks the destination's secrets."""
    about = {
        "delivery": claimed.delivery,
        "destination": claimed.destination,
        "event": claimed.event,
        "attempt": claimed.attempts_made + 1,
        "state": state.value,
        "status": outcome.status,
        "error": outcome.error_kind or None,
        "ms": round(outcome.duration * 1000),
    }
    shown = "" if outcome.ok else f" ({hide(words)})"
    log.info("Delivery %s, attempt %s: %s%s", claimed.delivery, about["attempt"], state.value, shown, extra=about)


def trace(claimed: Claimed, outcome: Outcome) -> None:
    if not outcome.tries:
        return
    spans.past(
        "attempt",
        outcome.tries[0].started_at,
        outcome.duration,
        failed=not outcome.ok,
        delivery=claimed.delivery,
        destination=claimed.destination,
        attempt=claimed.attempts_made + 1,
        tries=len(outcome.tries),
        status=outcome.status,
        error=outcome.error_kind or None,
    )
