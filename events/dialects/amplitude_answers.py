"""Answers in Amplitude's words, as dictionaries. SDKs act on the `code` inside the body, so it is always the status."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpResponse

from events.dialects.body import BodyRefused
from events.dialects.jsonbody import clean

Answer = dict[str, Any]

MISSING, INVALID, LENGTH = "events_with_missing_fields", "events_with_invalid_fields", "events_with_invalid_id_lengths"
ERRORS = {
    MISSING: "Request missing required field",
    INVALID: "Invalid field values on some events",
    LENGTH: "Invalid id length for user_id or device_id",
}
ECHOED_KEY_CHARACTERS = 64
TOO_LARGE = "Payload too large"
THROTTLED = "Too many requests for some devices and users"
WAIT = "retry_after"  # seconds; in the header, too


class Problems:
    """What is wrong with single events: which field of which, so that clients drop those and send the rest again."""

    def __init__(self) -> None:
        self._indexes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return bool(self._indexes)

    def add(self, problem: str, field: str, index: int) -> None:
        """`problem` is MISSING, INVALID or LENGTH; `index` counts from 0 in the request."""
        self._indexes[problem][field].append(index)

    def answer(self) -> Answer:
        first = next(name for name in ERRORS if name in self._indexes)
        return refused(400, ERRORS[first], **self._indexes)


def accepted(count: int, size: int, at: datetime) -> Answer:
    """`count` events stored (copies of earlier ones are not counted), `size` bytes of JSON."""
    return {
        "code": 200,
        "server_upload_time": int(at.timestamp() * 1000),
        "payload_size_bytes": size,
        "events_ingested": count,
    }


def refused(status: int, error: str, **more: Any) -> Answer:
    return {"code": status, "error": error, **more}


def missing_field(name: str) -> Answer:
    return refused(400, "Request missing required field", missing_field=name)


def invalid_key(key: Any) -> Answer:
    return refused(400, f"Invalid API key: {clean(str(key)[:ECHOED_KEY_CHARACTERS])[0]}")


def invalid_json(detail: str) -> Answer:
    return refused(400, "Invalid JSON request body", detail=detail)


def body_refused(error: BodyRefused) -> Answer:
    if error.status == 413:
        return refused(413, TOO_LARGE)
    return refused(error.status, str(error))


def unavailable() -> Answer:
    """Nothing was stored as far as we know; clients send it again, and the insert_id keeps copies out."""
    return refused(503, "The database does not answer; send this again later")


def throttled(most: int, events: int, wait: int, detail: str) -> Answer:
    """Beyond `most` events a second. All are named: clients keep what is named for 30 s, and send the rest at once."""
    nobody: dict[str, int] = {}  # it is the project that has too many, not one device or user
    return refused(
        429, THROTTLED, detail=detail, eps_threshold=most, throttled_devices=nobody, throttled_users=nobody,
        exceeded_daily_quota_devices=nobody, exceeded_daily_quota_users=nobody, throttled_events=list(range(events)),
        **{WAIT: wait},
    )  # fmt: skip


def reason(answer: Answer) -> str:
    """Of a refusal, on one line: `Invalid field values on some events: time: 0, 3`."""
    parts = [answer["error"], *(answer[key] for key in ("missing_field", "detail") if key in answer)]
    for problem in ERRORS:
        parts += [f"{field}: {', '.join(map(str, indexes))}" for field, indexes in answer.get(problem, {}).items()]
    return ": ".join([parts[0], "; ".join(parts[1:])] if parts[1:] else parts)


def as_json(answer: Answer) -> HttpResponse:
    return _waiting(answer, HttpResponse(orjson.dumps(answer), content_type="application/json"))


def as_text(answer: Answer) -> HttpResponse:
    """For clients that post forms: one word where Amplitude has one."""
    if answer["code"] == 200:
        word = "success"
    elif answer["error"].startswith("Invalid API key") or answer.get("missing_field") == "api_key":
        word = "invalid_api_key"
    elif answer["error"].startswith("Invalid JSON") or "missing_field" in answer:
        word = "missing_event"
    else:
        word = answer["error"]
    return _waiting(answer, HttpResponse(word, content_type="text/plain; charset=utf-8"))


def _waiting(answer: Answer, response: HttpResponse) -> HttpResponse:
    response.status_code = answer["code"]
    if WAIT in answer:
        response["Retry-After"] = str(answer[WAIT])
    return response
