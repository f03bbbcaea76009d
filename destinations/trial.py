"""Trying a payload on events before it is saved: how many render, fail, are no JSON, or come out differently. (pure)"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from destinations.differences import Line, difference, json_difference
from destinations.payloads import Payload, TemplateError
from destinations.preview import json_fault
from events.jsonlayout import indented
from events.models import Event

MOST_EVENTS = 1_000
MOST_SECONDS = 5.0
MOST_CASES = 3  # of each outcome
MOST_SHOWN = 2_000  # characters of a body that is not JSON


@dataclass(frozen=True, slots=True)
class Case:
    """One event as an example of an outcome: what is wrong with it, or how its body changes."""

    event: Event
    words: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """How many events came out one way, and the first few of them."""

    count: int = 0
    cases: list[Case] = field(default_factory=list)

    def add(self, make: Callable[[], Case]) -> None:
        self.count += 1
        if len(self.cases) < MOST_CASES:
            self.cases.append(make())


@dataclass(slots=True)
class Trial:
    """`rendered` and `failed` add up to `tried`. `not_json` and `changed` are among the rendered.

    `changed`: otherwise than with the payload in use, white space between JSON's values aside; what the payload in use
    fails on counts as changed.
    """

    tried: int = 0
    rendered: Outcome = field(default_factory=Outcome)
    failed: Outcome = field(default_factory=Outcome)
    not_json: Outcome = field(default_factory=Outcome)
    changed: Outcome = field(default_factory=Outcome)
    stopped_early: bool = False
    milliseconds: int = 0


def try_on(
    events: Iterable[Event],
    draft: Payload,
    current: Payload | None,
    *,
    seconds: float = MOST_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> Trial:
    """Runs `draft` over the events, and `current` (None: there is none that works) to compare, within `seconds`."""
    trial, start = Trial(), clock()
    for event in events:
        _try_one(trial, event, draft, current)
        if clock() - start > seconds:
            trial.stopped_early = True
            break
    trial.milliseconds = round(1000 * (clock() - start))
    return trial


def _try_one(trial: Trial, event: Event, draft: Payload, current: Payload | None) -> None:
    trial.tried += 1
    try:
        body = draft(event.data)
    except TemplateError as error:
        words = error.brief
        return trial.failed.add(lambda: Case(event, words))
    trial.rendered.add(lambda: Case(event))
    fault = json_fault(body)
    if fault:
        trial.not_json.add(lambda: Case(event, f"Not JSON at {fault}.", _start_of(body)))
    if current is not None:
        _compare(trial.changed, event, body, bool(fault), current)
    return None


def _compare(changed: Outcome, event: Event, body: str, faulty: bool, current: Payload) -> None:
    try:
        before = current(event.data)
    except TemplateError as error:
        words = f"The version in use fails here: {error.message}"
        return changed.add(lambda: Case(event, words))
    if before == body:
        return None
    compare = difference if faulty or json_fault(before) else json_difference
    if compare is json_difference and indented(before) == indented(body):
        return None
    return changed.add(lambda: Case(event, lines=compare(before, body)))


def _start_of(body: str) -> list[Line]:
    lines = [Line("same", line) for line in body[:MOST_SHOWN].splitlines()]
    return [*lines, Line("cut", "…")] if len(body) > MOST_SHOWN else lines
