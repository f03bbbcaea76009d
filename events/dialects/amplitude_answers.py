"""Answers in Amplitude's words. SDKs act on the `code` inside the body, so it always equals the status."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpResponse

MISSING, INVALID, LENGTH = "events_with_missing_fields", "events_with_invalid_fields", "events_with_invalid_id_lengths"
ERRORS = {
    MISSING: "Request missing required field",
    INVALID: "Invalid field values on some events",
    LENGTH: "Invalid id length for user_id or device_id",
}
ECHOED_KEY_CHARACTERS = 64


class Problems:
    """What is wrong with single events: which field of which, so that clients drop those and send the rest again."""

    def __init__(self) -> None:
        self._indexes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return bool(self._indexes)

    def add(self, problem: str, field: str, index: int) -> None:
        """`problem` is MISSING, INVALID or LENGTH; `index` counts from 0 in the request."""
        self._indexes[problem][field].append(index)

    def answer(self) -> HttpResponse:
        first = next(name for name in ERRORS if name in self._indexes)
        return refused(400, ERRORS[first], **self._indexes)


def accepted(count: int, size: int, at: datetime) -> HttpResponse:
    """`count` events stored (copies of earlier ones are not counted), `size` bytes of JSON."""
    return _json(
        200,
        {
            "code": 200,
            "server_upload_time": int(at.timestamp() * 1000),
            "payload_size_bytes": size,
            "events_ingested": count,
        },
    )


def refused(status: int, error: str, **more: Any) -> HttpResponse:
    return _json(status, {"code": status, "error": error, **more})


def missing_field(name: str) -> HttpResponse:
    return refused(400, "Request missing required field", missing_field=name)


def invalid_key(key: Any) -> HttpResponse:
    return refused(400, f"Invalid API key: {str(key)[:ECHOED_KEY_CHARACTERS]}")


def too_large() -> HttpResponse:
    return refused(413, "Payload too large")


def unavailable() -> HttpResponse:
    """Nothing was stored as far as we know; clients send it again, and the insert_id keeps copies out."""
    return refused(503, "The database does not answer; send this again later")


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
