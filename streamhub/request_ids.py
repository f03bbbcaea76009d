"""An id for each request: in the answer, in every log line of it, and one line of its own at the end (level INFO)."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
TAKEN_OVER = re.compile(r"[\w\-]{8,64}", re.ASCII)  # a proxy's own ids, so that its log and ours can be joined
SECRET_PARTS = ("token", "uidb64")  # of addresses

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """The first of all, so that the others' lines have the id too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        name = given if TAKEN_OVER.fullmatch(given) else uuid4().hex
        mark, began = request_id.set(name), time.monotonic()
        try:
            response = self.get_response(request)
            response[HEADER] = name
            if log.isEnabledFor(logging.INFO):
                _tell(request, response.status_code, time.monotonic() - began)
            return response
        finally:
            request_id.reset(mark)


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    path, milliseconds = shown_path(request), round(seconds * 1000)
    about = {"method": request.method, "path": path, "status": status, "ms": milliseconds}
    log.info("%s %s %s in %s ms", request.method, path, status, milliseconds, extra=about)


def shown_path(request: HttpRequest) -> str:
    """Without the query, which may hold keys, and without what opens a door by being known."""
    path, match = request.path, request.resolver_match
    if match is None:
        return path
    for name in SECRET_PARTS:
        if value := match.kwargs.get(name):
            path = path.replace(str(value), "…")
    return path
