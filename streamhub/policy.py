"""What browsers may do with pages. The Content-Security-Policy: strict everywhere, wider only where the admin's theme
needs it. And nothing of a page is kept: payloads and people's data stand on most of them."""

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponseBase

NEEDED_NOWHERE = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class HubCSPMiddleware(CSPMiddleware):
    """Under /admin/ the theme's Alpine needs eval, and it writes style elements."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> Any:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            wider = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
            parts.replace = {**(parts.replace or {}), **wider}
        return parts

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", NEEDED_NOWHERE)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
