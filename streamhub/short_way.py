"""Programs that post events take a shorter way than people: nothing of sessions, pages and policies concerns them, and
together that costs as much as reading the events.
"""

from collections.abc import Callable
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

INGEST = "events.urls"
View = Callable[[HttpRequest], HttpResponseBase]


class ShortWayMiddleware:
    """Leads requests at ingest addresses straight to their views; everything else goes on. Stands behind the middleware
    that holds for all addresses."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        # No coroutine, as what it wraps is none.
        self.ingest = cast(View, convert_exception_to_response(_ingest))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.resolver_match = resolve(request.path_info, INGEST)
        except Resolver404:
            return self.get_response(request)
        return self.ingest(request)


def _ingest(request: HttpRequest) -> HttpResponseBase:
    request.get_host()  # raises DisallowedHost for names that are not the hub's
    match = request.resolver_match
    assert match is not None
    response = match.func(request, *match.args, **match.kwargs)
    if not response.streaming and not response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))  # or a kept connection would not know where it ends
    return response
