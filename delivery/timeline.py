"""A delivery's attempts as its page shows them: rounds, attempts in them, the tries of each (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    "token": "Token",
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
    """`number` counts upward over all rounds."""

    attempt: Attempt
    number: int
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a try got. `note`: what of it is not shown, in words."""

    headers: list[list[str]] = field(default_factory=list)
    body: str = ""
    note: str = ""


@dataclass(slots=True)
class Timeline:
    rounds: list[Round]
    step: Step | None = None  # the chosen one
    chip: Chip | None = None

    @property
    def shows_last_try(self) -> bool:
        """Whether the chosen try is the attempt's last: the one that the advice and the error speak of."""
        return self.step is None or self.chip is self.step.chips[-1]

    @property
    def answer(self) -> Answer:
        """The chosen try's."""
        if self.step is None or self.chip is None:
            return Answer()
        return _answer(self.step.attempt, self.chip.number, self.shows_last_try)

    @property
    def request_note(self) -> str:
        """What of the request's body is not kept, in words."""
        size = (self.step.attempt.notes or {}).get("request_bytes") if self.step else None
        return f"The body had {size:,} bytes. Its first 64 KiB are kept, here and in the cURL command." if size else ""

    @property
    def bodies_removed(self) -> bool:
        return bool(self.step and (self.step.attempt.notes or {}).get("removed"))


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
    for number, made in enumerate(attempts, start=1):
        if not rounds or made.number <= rounds[-1].steps[-1].attempt.number:
            rounds.append(Round(len(rounds) + 1))
        rounds[-1].steps.append(Step(made, number, _chips(made)))
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


def _answer(attempt: Attempt, number: int, is_last: bool) -> Answer:
    last = Answer(attempt.response_headers, attempt.response_body, _cut("64 KiB", attempt.notes, "response_cut"))
    if is_last:
        return last
    earlier = attempt.earlier_answers
    if earlier is None:  # made before answers were kept per try, or removed since
        return Answer(note="Of this try only the status is kept.")
    found = earlier[number - 1] if number <= len(earlier) else None
    if found is None:
        return Answer(last.headers, last.body, last.note or "The answer was the same as the last try’s.")
    return Answer(found["headers"], found["body"], _cut("4 KiB", found, "cut"))


def _cut(kept: str, notes: Mapping[str, Any] | None, key: str) -> str:
    return f"The answer went on. Its first {kept} are kept." if notes and notes.get(key) else ""


def _chips(attempt: Attempt) -> list[Chip]:
    word = WORD_OF.get(attempt.error_kind, "Error")
    chips = [
        Chip(number, one.get("status"), word, one.get("ms")) for number, one in enumerate(attempt.tries or [], start=1)
    ]
    return chips or [Chip(1, attempt.status, word, None)]
