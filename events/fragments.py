"""Whether a page is asked for a part of itself. django-htmx's middleware says so of each request."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def htmx_of(request: HttpRequest) -> HtmxDetails:
    """True in conditions if htmx has sent it."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return details


def asks_for_part(request: HttpRequest) -> bool:
    """Not where htmx goes back to a page that it no longer has: that takes the whole."""
    htmx = htmx_of(request)
    return bool(htmx) and not htmx.history_restore_request
