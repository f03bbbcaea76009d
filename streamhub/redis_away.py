"""Pages of what only Redis keeps - the inbox, what was refused - while it is away: words instead of an error."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django_htmx.http import trigger_client_event
from redis.exceptions import RedisError

from events.fragments import htmx_of

log = logging.getLogger(__name__)

TITLE = "Redis doesn’t answer."
TEXT = (
    "This page shows what is kept there. Events are taken and stored all the same. Whoever runs the hub checks that "
    "Redis runs and that REDIS_URL leads to it."
)


class RedisAwayMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RedisError):
            return None
        log.warning("Redis did not answer (%s), and a page could not be shown", error)
        if not htmx_of(request):
            words = render_to_string("errors/redis_away.html", {"title": TITLE, "text": TEXT})
            return HttpResponse(words, status=503, headers={"Retry-After": "5"})
        answer = HttpResponse(status=503)
        if request.method == "GET":  # most likely a poll, which the page itself speaks of
            return answer
        return trigger_client_event(answer, "toast", {"level": "bad", "text": f"{TITLE} Nothing was changed."})
