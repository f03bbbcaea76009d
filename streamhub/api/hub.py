"""The management API as a whole: /api/v1/. Each file beside this one is a resource."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern
from ninja import NinjaAPI

from streamhub.api import (
    audit,
    cohorts,
    deliveries,
    destinations,
    events,
    kinds,
    members,
    problems,
    projects,
    replays,
    shaping,
    syncs,
)

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
    projects, destinations, shaping, kinds, cohorts, syncs, deliveries, replays, events, members, audit,
):  # fmt: skip
    api.add_router("", resource.router)


def urls() -> tuple[list[URLPattern], str, str]:
    """Open to all but for their tokens: sessions and their cookies mean nothing here."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        pattern.callback = login_not_required(pattern.callback)
    return patterns, app, namespace
