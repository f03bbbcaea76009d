"""A delivery's attempts as its page shows them: rounds, attempts in them, the tries of each (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from delivery.models import Attempt

# An attempt without an answer, in a word.
WORD_OF = {
    "template": "Template",
    "secret": "Secret",
    "gone": "Gone",
    "bad_request": "Refused",
    "refused_address": "Refused",
    "dns": "DNS",
    "connect": "Connect",
    "tls": "TLS",
    "timeout": "Timeout",
    "reset": "Reset",
    "protocol": "Not HTTP",
    "closed": "Stopped",
    "other": "Error",
}


@dataclass(slots=True)
class Chip:
    """One try. `number` counts from 1; an attempt that failed before sending has one chip too."""

    number: int
    status: int | None
    word: str
    milliseconds: int | None
    chosen: bool = False


@dataclass(slots=True)
class Step:
    attempt: Attempt
    chips: list[Chip]
    chosen: bool = False

    @property
    def ok(self) -> bool:
        return self.attempt.status is not None and 200 <= self.attempt.status < 300


@dataclass(slots=True)
class Round:
    """From one "send this" to its end. A further one begins where somebody has retried by hand."""

    number: int
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class Timeline:
    rounds: list[Round]
    step: Step | None = None  # the chosen one
    chip: Chip | None = None

    @property
    def shows_last_try(self) -> bool:
        """Whether the chosen try is the one whose answer was kept."""
        return self.step is None or self.chip is self.step.chips[-1]


def timeline(
    attempts: Sequence[Attempt],
    attempt: int | None = None,
    one_try: int | None = None,
    *,
    begins_anew: bool = False,
) -> Timeline:
    """`attempts` in the order they were made. Chooses the attempt with that id and its try; without, the last ones.

    `begins_anew`: somebody has asked for a further round, and none of its attempts has been made.
    """
    rounds: list[Round] = []
    for made in attempts:
        if not rounds or made.number <= rounds[-1].steps[-1].attempt.number:
            rounds.append(Round(len(rounds) + 1))
        rounds[-1].steps.append(Step(made, _chips(made)))
    if rounds and begins_anew:
        rounds.append(Round(len(rounds) + 1))
    shown = Timeline(rounds)
    steps = [step for each in rounds for step in each.steps]
    if steps:
        shown.step = next((step for step in steps if step.attempt.pk == attempt), steps[-1])
        chips = shown.step.chips
        shown.chip = next((chip for chip in chips if chip.number == one_try), chips[-1])
        shown.step.chosen = shown.chip.chosen = True
    return shown


def _chips(attempt: Attempt) -> list[Chip]:
    word = WORD_OF.get(attempt.error_kind, "Error")
    chips = [
        Chip(number, one.get("status"), word, one.get("ms")) for number, one in enumerate(attempt.tries or [], start=1)
    ]
    return chips or [Chip(1, attempt.status, word, None)]
