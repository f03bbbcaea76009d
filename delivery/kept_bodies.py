"""How much of requests and answers an attempt keeps, and what it notes of the rest (pure).

Hardly any attempt is repeated or cut: then all of this comes to None without looking at a single byte.
"""

from collections.abc import Callable, Sequence
from typing import Any

from delivery.transports.seam import BODY_CAP, Answer, Outcome, Try
from destinations.batch_rules import BatchForm

Hide = Callable[[str], str]


def shortened(body: bytes) -> bytes:
    """At most 64 KiB; never half a character."""
    if len(body) <= BODY_CAP:
        return body
    return body[:BODY_CAP].decode("utf-8", "ignore").encode()


def notes(sent: int, *, cut: bool, form: BatchForm | None) -> dict[str, Any] | None:
    """What is not kept in full, as Attempt.notes has it, of a request body of `sent` bytes and an answer that was
    `cut`. `form`: how the bodies of a batch became one, noted with its first."""
    found: dict[str, Any] = {}
    if sent > BODY_CAP:
        found["request_bytes"] = sent
    if cut:
        found["response_cut"] = True
    if form is not None:
        found["form"] = [form.format, form.key]
    return found or None


def earlier_answers(outcome: Outcome, text: Callable[[bytes], str], hide: Hide) -> list[dict[str, Any] | None] | None:
    """The answers of the tries before the last, as Attempt.earlier_answers has them."""
    if len(outcome.tries) < 2:
        return None
    return [_answer(one, outcome, text, hide) for one in outcome.tries[:-1]]


def _answer(one: Try, outcome: Outcome, text: Callable[[bytes], str], hide: Hide) -> dict[str, Any] | None:
    answer = one.answer
    if answer is None or _is_the_last_one(answer, one, outcome):
        return None
    headers = [
        [text(n.encode("utf-8", "replace")), hide(text(v.encode("utf-8", "replace")))]
        for n, v in _within_cap(answer.headers)
    ]
    return {"headers": headers, "body": hide(text(answer.body)), "cut": answer.cut}


def _is_the_last_one(answer: Answer, one: Try, outcome: Outcome) -> bool:
    same = one.status == outcome.status and answer.body == outcome.body
    return same and _undated(answer.headers) == _undated(outcome.headers)


def _undated(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [header for header in headers if header[0].lower() != "date"]


def _within_cap(headers: Sequence[tuple[str, str]], most: int = 4 * 1024) -> list[tuple[str, str]]:
    kept = []
    for name, value in headers:
        most -= len(name) + len(value)
        if most < 0:
            break
        kept.append((name, value))
    return kept
