"""A refusal, in the shape that clients of this API read: {"error": {"http_code", "type", "message", "metadata"}}."""

from typing import Any

from django.http import HttpResponse

from events.dialects.jsonbody import clean
from events.jsontext import dumps


class Refused(Exception):
    """Nothing was changed. `type`: a word for programs; the message is for people. `wait`: seconds until another try
    may succeed."""

    def __init__(
        self, status: int, type: str, message: str, metadata: dict[str, Any] | None = None, wait: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.type, self.metadata, self.wait = status, type, metadata or {}, wait


def bad_request(message: str, **metadata: Any) -> Refused:
    return Refused(400, "invalid_request", message, metadata)


def answer(data: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(dumps(clean(data)[0]), status=status, content_type="application/json")


def as_answer(refused: Refused) -> HttpResponse:
    error = {
        "http_code": refused.status,
        "type": refused.type,
        "message": str(refused),
        "metadata": refused.metadata,
    }
    response = answer({"error": error}, refused.status)
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="StreamHub", charset="UTF-8"'
    if refused.wait is not None:
        response["Retry-After"] = str(refused.wait)
    return response
