"""How deliveries go out to a destination, as plain data; {} stands for all the defaults (pure).

    {"retries": "quick", "final_statuses": [404, 410], "rate_limit": {"requests": 5, "per": "second"},
     "concurrency": 2, "ordered": true, "pause_at": 80, "batch": {"events": 100}}

What is stored leaves out whatever is as it would be anyway.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from destinations.batch_rules import Batching, batching_of, check_batch
from events.checking import BadPart, Place

KEYS = ("retries", "final_statuses", "rate_limit", "concurrency", "ordered", "pause_at", "batch")
AMPLITUDE, STANDARD_WEBHOOKS, QUICK = "amplitude", "standard-webhooks", "quick"
# What each preset is called where one chooses; delivery/schedules.py has its waits.
PRESETS = {
    AMPLITUDE: "Amplitude: 10 attempts over 4 hours",
    STANDARD_WEBHOOKS: "Standard Webhooks: 10 attempts over 3 days",
    QUICK: "Quick: 5 attempts over 10 minutes",
}
FINAL_STATUSES: dict[str, tuple[int, ...]] = {STANDARD_WEBHOOKS: (410,)}  # 410 Gone: the receiver asks to stop
MOST_WAITS = 30
LONGEST_WAIT = 7 * 86_400  # seconds
UNITS = {"second": 1, "minute": 60}
MOST_REQUESTS = 10_000  # of a rate limit
CONCURRENCY, MOST_CONCURRENT = 10, 100
PAUSE_AT, LEAST_PAUSE_AT = 95, 50  # percent


class BadSending(BadPart):
    """Settings that are refused."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` in each `second` or `minute`."""

    requests: int
    per: str

    @property
    def interval(self) -> float:
        """Seconds from one request to the next at that rate."""
        return UNITS[self.per] / self.requests


@dataclass(frozen=True, slots=True)
class Sending:
    """The stored data with its defaults filled in. `retries`: a preset's name, or waits in seconds. `pause_at`: the
    share of failures, in percent, at which sending is held; None: it never is. `batch`: None for one request each."""

    retries: str | tuple[float, ...] = AMPLITUDE
    final_statuses: tuple[int, ...] = ()
    rate_limit: RateLimit | None = None
    concurrency: int = CONCURRENCY
    ordered: bool = False
    pause_at: int | None = PAUSE_AT
    batch: Batching | None = None


def sending_of(stored: dict[str, Any] | None) -> Sending:
    """What `check_sending` returned, read. Data that it never saw would raise KeyError or TypeError."""
    given = stored or {}
    retries = given.get("retries", AMPLITUDE)
    preset = retries if isinstance(retries, str) else ""
    limit = given.get("rate_limit")
    return Sending(
        retries=retries if preset else tuple(retries),
        final_statuses=tuple(given.get("final_statuses", FINAL_STATUSES.get(preset, ()))),
        rate_limit=RateLimit(limit["requests"], limit["per"]) if limit else None,
        concurrency=given.get("concurrency", CONCURRENCY),
        ordered=given.get("ordered", False),
        pause_at=given.get("pause_at", PAUSE_AT) or None,
        batch=batching_of(given.get("batch")),
    )


def check_sending(given: Any) -> dict[str, Any]:
    """What to store for `given`. Raises BadSending with everything that is wrong."""
    if not given and not isinstance(given, (list, str)):
        return {}
    if not isinstance(given, dict):
        raise BadSending([((), f"Write a mapping of any of {', '.join(KEYS)}.")])
    problems: list[tuple[Place, str]] = [
        ((key,), f"“{key}” is not a known key. Known: {', '.join(KEYS)}.") for key in given if key not in KEYS
    ]
    checked: dict[str, Any] = {}
    for key, check in CHECKS.items():
        if given.get(key) is not None:
            try:
                checked[key] = check(given[key])
            except BadSending as error:
                problems += [((key, *place), message) for place, message in error.problems]
    if problems:
        raise BadSending(problems)
    return _without_defaults(checked)


def _without_defaults(checked: dict[str, Any]) -> dict[str, Any]:
    retries = checked.get("retries", AMPLITUDE)
    usual = {
        "retries": AMPLITUDE,
        "final_statuses": list(FINAL_STATUSES.get(retries, ())) if isinstance(retries, str) else [],
        "rate_limit": None,
        "concurrency": CONCURRENCY,
        "ordered": False,
        "pause_at": PAUSE_AT,
        "batch": None,
    }
    return {key: value for key, value in checked.items() if key not in usual or usual[key] != value}


def _retries(given: Any) -> str | list[float]:
    if isinstance(given, str) and given in PRESETS:
        return given
    if not isinstance(given, list):
        _refuse(f"Write {', '.join(PRESETS)}, or a list of waits in seconds.")
    if len(given) > MOST_WAITS:
        _refuse(f"These are {len(given)} waits; at most {MOST_WAITS} are allowed.")
    wrong: list[tuple[Place, str]] = [
        ((number,), f"Write a number of seconds from 1 to {LONGEST_WAIT:,} (a week).")
        for number, wait in enumerate(given)
        if not _is_number(wait) or not 1 <= wait <= LONGEST_WAIT
    ]
    if wrong:
        raise BadSending(wrong)
    return [int(wait) if wait == int(wait) else float(wait) for wait in given]


def _final_statuses(given: Any) -> list[int]:
    if not isinstance(given, list):
        _refuse("Write a list of statuses, [404, 410] for example.")
    wrong: list[tuple[Place, str]] = [
        ((number,), "Write a status from 300 to 599.")
        for number, status in enumerate(given)
        if not _is_whole(status) or not 300 <= status <= 599
    ]
    if wrong:
        raise BadSending(wrong)
    return sorted(set(given))


def _rate_limit(given: Any) -> dict[str, Any] | None:
    if given is False:
        return None
    if not isinstance(given, dict) or set(given) - {"requests", "per"}:
        _refuse("Write {requests: number, per: second or minute}.")
    requests, per = given.get("requests"), given.get("per", "second")
    problems: list[tuple[Place, str]] = []
    if not _is_whole(requests) or not 1 <= requests <= MOST_REQUESTS:
        problems.append((("requests",), f"Write a whole number of requests from 1 to {MOST_REQUESTS:,}."))
    if per not in UNITS:
        problems.append((("per",), f"“{per}” is not one of {', '.join(UNITS)}."))
    if problems:
        raise BadSending(problems)
    return {"requests": requests, "per": per}


def _concurrency(given: Any) -> int:
    if not _is_whole(given) or not 1 <= given <= MOST_CONCURRENT:
        _refuse(f"Write a whole number of requests from 1 to {MOST_CONCURRENT}.")
    return int(given)


def _ordered(given: Any) -> bool:
    if not isinstance(given, bool):
        _refuse("Write true or false.")
    return bool(given)


def _pause_at(given: Any) -> int | bool:
    if given is False:
        return False
    if not _is_whole(given) or not LEAST_PAUSE_AT <= given <= 100:
        _refuse(f"Write a whole number of percent from {LEAST_PAUSE_AT} to 100, or false to go on whatever fails.")
    return int(given)


def _batch(given: Any) -> dict[str, Any] | None:
    stored, problems = check_batch(given)
    if problems:
        raise BadSending(problems)
    return stored


CHECKS: dict[str, Callable[[Any], Any]] = {
    "retries": _retries,
    "final_statuses": _final_statuses,
    "rate_limit": _rate_limit,
    "concurrency": _concurrency,
    "ordered": _ordered,
    "pause_at": _pause_at,
    "batch": _batch,
}


def _refuse(message: str) -> None:
    raise BadSending([((), message)])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
