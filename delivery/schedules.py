"""The retry schedule that a destination has chosen: a preset's, or its own waits."""

from dataclasses import replace

from delivery.retries import AMPLITUDE, ONE_TRY, RetrySchedule
from destinations import sending_rules
from destinations.sending_rules import Sending

HOUR = 3600
# Only Amplitude repeats a request within an attempt; elsewhere the first wait is short.
PRESETS = {
    sending_rules.AMPLITUDE: AMPLITUDE,
    sending_rules.STANDARD_WEBHOOKS: RetrySchedule(
        waits=(5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR), tries=ONE_TRY
    ),
    sending_rules.QUICK: RetrySchedule(waits=(15, 45, 180, 360), tries=ONE_TRY),
}


def schedule_of(sending: Sending) -> RetrySchedule:
    """With a rate limit there is one request to an attempt: each of them counts."""
    retries = sending.retries
    chosen = PRESETS[retries] if isinstance(retries, str) else RetrySchedule(waits=retries, tries=ONE_TRY)
    tries = ONE_TRY if sending.rate_limit else chosen.tries
    return replace(chosen, tries=tries, final_statuses=frozenset(sending.final_statuses))
