"""/metrics: for a monitoring system that has the token, or asks from a network that may."""

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import choose_encoder

from events.client_address import client_address
from streamhub.prometheus import registry

SCHEME = "Bearer "


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not (_has_token(request) or _is_near(request)):
        response = HttpResponse(
            "Send STREAMHUB_METRICS_TOKEN as a bearer token, or ask from a network in STREAMHUB_METRICS_NETWORKS.\n",
            status=401,
            content_type="text/plain; charset=utf-8",
        )
        response["WWW-Authenticate"] = "Bearer"
        return response
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry()), content_type=content_type)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and compare_digest(given.encode(), f"{SCHEME}{wanted}".encode())


def _is_near(request: HttpRequest) -> bool:
    """By the peer's address. What a proxy passes on comes from anywhere, unless it is one of the trusted ones."""
    address = client_address(request)
    if address is None:
        return False
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META
    if forwarded and address == request.META.get("REMOTE_ADDR"):
        return False
    return any(ip_address(address) in network for network in settings.METRICS_NETWORKS)
