"""What happens to a page that is open while the session ends."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRefresh

from events.fragments import htmx_of


class HtmxLoginMiddleware:
    """Reloads the page instead of swapping the page for signing in, or for a second factor, into a fragment of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if htmx_of(request) and response.status_code == 302 and self._leads_to_login(response["Location"]):
            return HttpResponseClientRefresh()
        return response

    @staticmethod
    def _leads_to_login(location: str) -> bool:
        return location.startswith((resolve_url(settings.LOGIN_URL), resolve_url("second_factor")))
