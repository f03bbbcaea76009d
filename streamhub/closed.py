"""Pages are closed unless they say otherwise."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from streamhub.second_factor.required import lead_to_second_factor


class ClosedByDefaultMiddleware(LoginRequiredMiddleware):
    """Django's, but an open view is let through before anybody looks at the session: ingest answers then carry no
    `Vary: Cookie`, and a browser's session cookie costs no query there."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs) or lead_to_second_factor(request, view)
