"""A specification's `timeouts` and `sending` -> their columns, or everything that is wrong with them."""

from typing import Any

from destinations.batch_rules import MOST_EVENTS
from destinations.kind.definition import Kind
from destinations.kind.starting import COHORT_SENDING
from destinations.sending_rules import BadSending, check_sending
from events.checking import Checking

TIMEOUTS = {"connect": (5.0, 0.1, 30.0), "total": (10.0, 1.0, 60.0)}  # default, least, most; seconds
COHORT_SECONDS = 2.0  # by default, where batches of cohorts are sent


class CheckedSending(Checking):
    def __init__(self, given: dict[str, Any], kind: Kind | None, method: str | None) -> None:
        """`given`: the whole specification. `method`: None where it is wrong itself."""
        super().__init__()
        self.kind, self.method = kind, method
        self.of_cohorts = kind is not None and kind.takes_cohorts
        self._timeouts(given.get("timeouts") or {})
        try:
            sending = check_sending(given.get("sending", COHORT_SENDING if self.of_cohorts else {}))
        except BadSending as error:
            self.problems_at("sending", error.problems)
            return
        self.columns["sending"] = sending
        if (batch := sending.get("batch")) is not None:
            self._batch(batch)

    def _timeouts(self, given: Any) -> None:
        if not isinstance(given, dict):
            return self.problem("timeouts", "Write {connect: seconds, total: seconds}.")
        self.unknown_keys("timeouts.", given, tuple(TIMEOUTS))
        for name, (usual, least, most) in TIMEOUTS.items():
            value = given.get(name, min(usual, COHORT_SECONDS) if self.of_cohorts else usual)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
                self.problem(f"timeouts.{name}", f"Write a number of seconds from {least:g} to {most:g}.")
            else:
                self.columns[f"{name}_timeout"] = float(value)
        return None

    def _batch(self, batch: dict[str, Any]) -> None:
        most = self.kind.batch.events if self.kind and self.kind.batch else MOST_EVENTS
        if self.kind and self.kind.why_no_batches:
            self.problem("sending.batch", f"{self.kind.why_no_batches} Leave the batch out.")
        elif self.method in ("GET", "DELETE"):
            self.problem("sending.batch", f"{self.method} requests have no body that could hold several events.")
        elif self.kind and batch.get("events", 0) > most:
            self.problem("sending.batch.events", f"{self.kind.name} takes at most {most:,} events in one request.")
