"""What an answer means, by a kind's rule. (pure)"""

from collections.abc import Iterator
from typing import Any, Literal

from destinations.kind.definition import Answers, BodyCheck
from events.jsontext import loads

Verdict = Literal["done", "retry", "final"]
# Waiting may cure these, whatever a rule says of 4xx.
RETRIED = frozenset({408, 425, 429})


def verdict(rule: Answers, status: int, body: bytes, *, body_cut: bool = False) -> tuple[Verdict, str]:
    """Whether the receiver took it, and otherwise why not in words. A body that was cut is not looked into."""
    if not _is_in(status, rule.success):
        return ("final" if _is_in(status, rule.final) and status not in RETRIED else "retry"), ""
    if rule.body and not body_cut and (why := _refused(rule.body, body)):
        return ("retry" if rule.body_retries else "final"), why
    return "done", ""


def refused_items(rule: Answers, body: bytes, *, body_cut: bool = False) -> frozenset[int]:
    """The positions of those that an answer to several events refuses by name. Empty where it names none, and where one
    that it names has no position: then nothing is known of the others."""
    if not rule.refused or body_cut:
        return frozenset()
    try:
        data: Any = loads(body.decode(errors="replace"))
    except ValueError:
        return frozenset()
    named = [number for path in rule.refused for number in _numbers(data, path)]
    return frozenset() if None in named else frozenset(number for number in named if number is not None)


def _numbers(data: Any, path: tuple[str, ...], *, is_item: bool = False) -> Iterator[int | None]:
    """Those at the path's end: a number, or more of them in a list or an object. None for an item of a list, or what is
    at the end, that is no number."""
    if isinstance(data, list):
        for one in data:
            yield from _numbers(one, path, is_item=True)
    elif path:
        if isinstance(data, dict) and path[0] in data:
            yield from _numbers(data[path[0]], path[1:])
        elif is_item:
            yield None
    elif isinstance(data, dict):
        for one in data.values():
            yield from _numbers(one, ())
    else:
        yield data if isinstance(data, int) and not isinstance(data, bool) else None


def _is_in(status: int, statuses: tuple[int | str, ...]) -> bool:
    return status in statuses or f"{status // 100}xx" in statuses


def _refused(checks: tuple[BodyCheck, ...], body: bytes) -> str:
    text = body.decode(errors="replace").strip()
    try:
        data: Any = loads(text)
    except ValueError:
        data = None
    for check in checks:
        value = _found(data, check.path) if check.path else text
        if not _holds(check, value):
            return f"The answer’s {'.'.join(check.path) or 'body'} {_wanted(check)}."
    return ""


def _found(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        elif isinstance(data, dict):
            data = data.get(key)
        else:
            return None
    return data


def _holds(check: BodyCheck, value: Any) -> bool:
    match check.test:
        case "equals":
            return bool(value == check.value) and isinstance(value, bool) == isinstance(check.value, bool)
        case "empty":
            return (not value) == check.value
        case _:
            return (value is None) == check.value


def _wanted(check: BodyCheck) -> str:
    match check.test:
        case "equals":
            return f"is not {check.value}"
        case "empty":
            return "is not empty" if check.value else "is empty"
        case _:
            return "is there" if check.value else "is missing"
