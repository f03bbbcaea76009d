"""What a transformation made of one event: new events, or why there is none. (pure)"""

from dataclasses import dataclass
from typing import Any

from destinations.freemarker import TemplateError
from destinations.preview import json_fault
from events.jsontext import dumps, loads

Event = dict[str, Any]
MOST_EVENTS = 100  # of one
MOST_LEVELS = 100
MOST_REASON = 200  # characters
DROPPED = "the transformation dropped it"


class TransformationFailed(Exception):
    """It cannot be said what becomes of the event; the message says why. `error`: the template's, with its place."""

    def __init__(self, words: str, error: TemplateError | None = None) -> None:
        super().__init__(words)
        self.error = error


@dataclass(frozen=True, slots=True)
class Result:
    """`events`: each is delivered on its own. Without any, `reason` says why, in words that follow "Not sent: "."""

    events: tuple[Event, ...] = ()
    reason: str = ""


def read_result(text: str, *, needs_type: bool) -> Result:
    """What a template's output means: an object, a list of objects, a text in quotes (a reason to drop the event),
    null, or nothing. `needs_type`: each has to be an event of the export shape. Raises TransformationFailed."""
    if not text.strip():
        return Result(reason=DROPPED)
    if fault := json_fault(text):
        raise TransformationFailed(f"The transformation’s output is not JSON: {fault}.")
    made = _read(text)
    if made is None or made == []:
        return Result(reason=DROPPED)
    if isinstance(made, str):
        return Result(reason=f"{DROPPED}: {made[:MOST_REASON]}" if made.strip() else DROPPED)
    events = made if isinstance(made, list) else [made]
    if len(events) > MOST_EVENTS:
        raise TransformationFailed(
            f"The transformation made {len(events):,} events of one; at most {MOST_EVENTS} are allowed."
        )
    for number, event in enumerate(events, 1):
        _check(event, f"Event {number}" if isinstance(made, list) else "The output", needs_type=needs_type)
    return Result(tuple(events))


def _check(event: Any, what: str, *, needs_type: bool) -> None:
    if not isinstance(event, dict):
        raise TransformationFailed(
            f"{what} is no object. Write one event, a list of events, or nothing where it is dropped."
        )
    if needs_type and not (isinstance(event.get("event_type"), str) and event["event_type"]):
        raise TransformationFailed(f"{what} has no event_type. Keep it: it has to be a text.")
    if _is_deeper(event, MOST_LEVELS):
        raise TransformationFailed(f"{what} is nested more than {MOST_LEVELS} levels deep.")


def _read(text: str) -> Any:
    """What can be stored, too: no half characters, no numbers without an end."""
    try:
        made = loads(text)
        dumps(made).encode()
    except (ValueError, RecursionError):
        raise TransformationFailed(
            "The transformation’s output has a half character, or a number that is too large."
        ) from None
    return made


def _is_deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(one, levels - 1) for one in inside if isinstance(one, (dict, list)))
