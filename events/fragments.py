"""Whether a page is asked for a part of itself. django-htmx's middleware says so of each request."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def htmx_of(request: HttpRequest) -> HtmxDetails:
    """True in conditions if htmx has sent it."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return details


def asks_for_part(request: HttpRequest) -> bool:
    """Not where htmx goes back to a page that it no longer has: that takes the whole."""
    htmx = htmx_of(request)
    return bool(htmx) and not htmx.history_restore_request


def apart(response: HttpResponse) -> HttpResponse:
    """The page or a part of it, which have one address: caches are to keep them apart."""
    patch_vary_headers(response, ["HX-Request"])
    return response
