"""Several deliveries in one request, as plain data under `sending.batch` (pure).

    {"events": 100, "bytes": 1000000, "wait": 1, "format": "object", "key": "batch", "split": true}

What is stored leaves out whatever is as it would be anyway; a `format` that is left out is the kind's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

EVENTS, MOST_EVENTS = 100, 1_000
BYTES, LEAST_BYTES, MOST_BYTES = 1_000_000, 1_000, 10_000_000
WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds
MOST_KEY = 64  # characters
LIST, LINES, OBJECT, JOINED = "list", "lines", "object", "joined"
# What each is called where one chooses.
FORMATS = {
    LIST: "A JSON list of the bodies: [ …, … ]",
    OBJECT: 'A list under a key: {"batch": [ …, … ]}',
    LINES: "One body a line (NDJSON)",
    JOINED: "The lists in the bodies, joined into one",
}
KEYS = ("events", "bytes", "wait", "format", "key", "split")

Place = tuple[str | int, ...]
Problems = list[tuple[Place, str]]


@dataclass(frozen=True, slots=True)
class BatchForm:
    """How bodies become one. `key`: of an object, where the list stands; of joined bodies, where each has its list ("":
    each body is one). `events`: how many the receiver takes."""

    format: str = LIST
    key: str = ""
    events: int = MOST_EVENTS


@dataclass(frozen=True, slots=True)
class Batching:
    """`events` and `bytes`: of one request at most. `wait`: seconds that a first attempt waits at most for others.
    `form`: the kind's unless one was `chosen`. `split`: whether a batch that is refused is halved to find the event at
    fault."""

    events: int = EVENTS
    bytes: int = BYTES
    wait: float = WAIT
    form: BatchForm = BatchForm()
    chosen: bool = False
    split: bool = True


def batching_of(stored: dict[str, Any] | None) -> Batching | None:
    """What `check_batch` returned, read; None where each delivery has its own request."""
    if stored is None:
        return None
    chosen = stored.get("format")
    return Batching(
        events=stored.get("events", EVENTS),
        bytes=stored.get("bytes", BYTES),
        wait=stored.get("wait", WAIT),
        form=BatchForm(chosen, stored.get("key", "")) if chosen else BatchForm(),
        chosen=bool(chosen),
        split=stored.get("split", True),
    )


def narrowed(batching: Batching, form: BatchForm | None, most_bytes: int | None) -> Batching:
    """Within what a kind says of its service."""
    usual = form or BatchForm()
    return replace(
        batching,
        events=min(batching.events, usual.events),
        bytes=min(batching.bytes, most_bytes or batching.bytes),
        form=batching.form if batching.chosen else usual,
    )


def check_batch(given: Any) -> tuple[dict[str, Any] | None, Problems]:
    """What to store, None for no batches, and everything that is wrong."""
    if given is False:
        return None, []
    if given is True:
        return {}, []
    if not isinstance(given, dict):
        return None, [((), f"Write a mapping of any of {', '.join(KEYS)}, or false.")]
    problems: Problems = [
        ((key,), f"“{key}” is not a known key. Known: {', '.join(KEYS)}.") for key in given if key not in KEYS
    ]
    stored: dict[str, Any] = {}
    for key, (usual, is_right, message) in RULES.items():
        value = given.get(key)
        if value is None or (value == usual and isinstance(value, bool) == isinstance(usual, bool)):  # 1 is not true
            continue
        if is_right(value):
            stored[key] = value
        else:
            problems.append(((key,), message))
    problems += _about_key(given.get("format"), given.get("key"))
    return stored, problems


def _about_key(chosen: Any, key: Any) -> Problems:
    if key not in (None, "") and chosen not in (OBJECT, JOINED):
        return [(("key",), f"Only the formats {OBJECT} and {JOINED} have a key.")]
    if key in (None, "") and chosen == OBJECT:
        return [(("key",), "Write the key that the list stands under: batch, events.")]
    return []


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT


# Key -> what it is by default, whether a value is right, and what to say where it is not.
RULES: dict[str, tuple[Any, Callable[[Any], bool], str]] = {
    "events": (
        EVENTS,
        lambda value: _is_whole(value, 1, MOST_EVENTS),
        f"Write a whole number of events from 1 to {MOST_EVENTS:,}.",
    ),
    "bytes": (
        BYTES,
        lambda value: _is_whole(value, LEAST_BYTES, MOST_BYTES),
        f"Write a whole number of bytes from {LEAST_BYTES:,} to {MOST_BYTES:,}.",
    ),
    "wait": (WAIT, _is_seconds, f"Write a number of seconds from 0 to {LONGEST_WAIT:g}."),
    "format": (None, lambda value: isinstance(value, str) and value in FORMATS, f"Write one of {', '.join(FORMATS)}."),
    "key": (
        "",
        lambda value: isinstance(value, str) and len(value) <= MOST_KEY and value.isprintable(),
        f"Write at most {MOST_KEY} characters on one line.",
    ),
    "split": (True, lambda value: isinstance(value, bool), "Write true or false."),
}
