"""The management API as a whole: /api/v1/. Each file beside this one is a resource."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from streamhub.api import (
    annotations,
    audit,
    cohorts,
    deliveries,
    destinations,
    event_rules,
    events,
    inbox,
    keys,
    kinds,
    members,
    monitors,
    portal,
    problems,
    projects,
    replays,
    shaping,
    syncs,
    tokens,
    trying,
    webhooks,
)
from streamhub.api.problems import Refused, as_answer, not_found

View = Callable[..., HttpResponseBase]

DESCRIPTION = """What can be set and looked at in the browser, for programs. Make a token under Project settings, API
tokens, and send it as `Authorization: Bearer sht_…`. Lists come in pages: `next` is the `cursor` of the following one.
Errors are `application/problem+json`."""

api = NinjaAPI(
    title="StreamHub",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
problems.understand(api)
for resource in (
    projects, keys, event_rules, webhooks, destinations, shaping, trying, kinds, portal, cohorts, syncs, deliveries,
    replays, inbox, events, monitors, annotations, members, tokens, audit,
):  # fmt: skip
    api.add_router("", resource.router)


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Open to all but for their tokens: sessions and their cookies mean nothing here."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        pattern.callback = unknown if pattern.name == "api-root" else _open(pattern.callback)
    return [*patterns, re_path("", unknown, name="unknown")], app, namespace


def _open(view: View) -> View:
    @login_not_required
    @wraps(view)
    def opened(request: HttpRequest, **named: Any) -> HttpResponseBase:
        response = view(request, **named)
        if response.status_code != 405:
            return response
        allowed = response["Allow"]
        answer = as_answer(Refused(405, "method-not-allowed", f"This address takes {allowed}."))
        answer["Allow"] = allowed
        return answer

    return opened


@csrf_exempt
@login_not_required
def unknown(request: HttpRequest) -> HttpResponseBase:
    return as_answer(not_found("There is no such address. The reference of the API is at /help/api/."))
