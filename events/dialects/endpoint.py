"""What all ingest addresses have in common: no session, no CSRF token (the key decides), and open to other origins."""

import re
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from events.totals import Total

View = Callable[..., HttpResponseBase]

HEADER_NAMES = re.compile(r"[\w\-, ]{1,1000}", re.ASCII)
PREFLIGHT_SECONDS = "86400"
PREFLIGHT_SECONDS_WITH_CREDENTIALS = "900"
REQUESTS = Total("streamhub_ingest_requests", "Requests that ingest answered; from 400 on: refused.", "status")


def endpoint(*methods: str, credentials: bool = False, counted: bool = True) -> Callable[[View], View]:
    """Makes a function an ingest view for these methods: answers preflights and refuses the other methods.

    `credentials`: browsers may send them along, for SDKs that ask for it; the origin is then named instead of `*`.
    `counted`: as a request that ingest answered.
    """
    allowed = ", ".join([*methods, "OPTIONS"])

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: WSGIRequest, **kwargs: str) -> HttpResponseBase:
            if request.method in methods:
                response = view(request, **kwargs)
            elif request.method == "OPTIONS":
                response = _preflight(request)
            else:
                response = JsonResponse({"code": 405, "error": f"Use {' or '.join(methods)}"}, status=405)
                response["Allow"] = allowed
            if counted:
                REQUESTS.add(1, str(response.status_code))
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Allow-Methods"] = allowed
            if "Retry-After" in response:
                response["Access-Control-Expose-Headers"] = "Retry-After, X-RateLimit-Reset"
            if credentials:
                _allow_credentials(request, response)
            return response

        return csrf_exempt(login_not_required(guarded))

    return decorate


def _preflight(request: WSGIRequest) -> HttpResponse:
    response = HttpResponse(status=204)
    wanted = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    response["Access-Control-Allow-Headers"] = (
        wanted if HEADER_NAMES.fullmatch(wanted) else "content-type, content-encoding"
    )
    response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response


def _allow_credentials(request: WSGIRequest, response: HttpResponseBase) -> None:
    """Nothing here looks at a session, so a foreign page's cookies open nothing."""
    if origin := request.META.get("HTTP_ORIGIN", ""):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
    if request.method == "OPTIONS":
        response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS_WITH_CREDENTIALS
    patch_vary_headers(response, ["Origin"])
