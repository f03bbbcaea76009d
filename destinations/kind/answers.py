"""What an answer means, by a kind's rule. (pure)"""

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
