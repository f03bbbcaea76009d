"""Telling people what just happened, in one place whichever way the page was asked for."""

from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import trigger_client_event

from events.fragments import htmx_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
LEVELS = {"ok": messages.SUCCESS, "bad": messages.ERROR, "info": messages.INFO}


def toast(request: HttpRequest, response: Answer, text: str, level: str = "ok") -> Answer:
    """Adds a toast (`ok`, `bad` or `info`) to an answer: at once with a fragment, after the redirect with a page.

    `return toast(request, redirect(...), "Saved.")`
    """
    if htmx_of(request) and not response.has_header("HX-Redirect") and not response.has_header("HX-Refresh"):
        return trigger_client_event(response, "toast", {"level": level, "text": text})
    messages.add_message(request, LEVELS[level], text, extra_tags=level)
    return response
