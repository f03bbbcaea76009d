"""What the SDKs ask before they send, and what they post about themselves: settings, health, metrics.

RudderStack's browser and mobile SDKs send nothing until /sourceConfig has answered. Destinations are never listed
there: the SDK would load their scripts into the page.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse

from events.dialects import segment_answers as answers
from events.dialects.endpoint import endpoint
from events.dialects.segment_answers import Refused
from events.dialects.segment_key import key_in_header, key_in_query, project_by
from events.models import Project

OFF = {"enabled": False}


@endpoint("GET", credentials=True, counted=False)
def source_config(request: WSGIRequest) -> HttpResponse:
    try:
        project = project_by(key_in_query(request) or key_in_header(request), missing=answers.NO_KEY_IN_QUERY)
    except Refused as error:
        # The SDKs retry a 401 here for ever; a 404 tells them that there is no such source.
        return answers.refused(Refused(404 if error.text == answers.WRONG_KEY else 400, error.text))
    return JsonResponse({"source": _source(project)})


def _source(project: Project) -> dict[str, Any]:
    return {
        "id": str(project.pk),
        "name": project.name,
        "writeKey": project.api_key,
        "workspaceId": project.slug,
        "enabled": True,
        "destinations": [],
        "connections": [],
        "config": {"statsCollection": {"errors": OFF, "metrics": OFF}},
        "dataplanes": {},
    }


@endpoint("GET", credentials=True, counted=False)
def cdn_settings(request: WSGIRequest, key: str) -> HttpResponse:
    """`<cdn>/v1/projects/<write key>/settings` of Segment's browser SDK: it then posts here."""
    try:
        project = project_by(key)
    except Refused as error:
        return answers.refused(Refused(404, error.text))
    everything = {"__default": {"enabled": True, "integrations": {}}}
    segment: dict[str, Any] = {
        "apiKey": project.api_key,
        "apiHost": f"{request.get_host()}/v1",
        "protocol": request.scheme,
        "unbundledIntegrations": [],
        "addBundledMetadata": False,
        "maybeBundledConfigIds": {},
    }
    return JsonResponse(
        {
            "integrations": {"Segment.io": segment},
            "plan": {"track": everything, "identify": everything, "group": everything},
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        }
    )


@endpoint("POST", credentials=True, counted=False)
def metrics(request: WSGIRequest) -> HttpResponse:
    """What an SDK counts of itself. Nobody here reads it."""
    return answers.ok()


@endpoint("GET", counted=False)
def health(request: WSGIRequest) -> HttpResponse:
    """As RudderStack's data plane tells it; /healthz and /readyz say more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"server": "UP", "db": "DOWN", "acceptingEvents": "FALSE"}, status=503)
    return JsonResponse({"server": "UP", "db": "UP", "acceptingEvents": "TRUE"})


@endpoint("GET", counted=False)
def version(request: WSGIRequest) -> HttpResponse:
    return JsonResponse({"Product": "StreamHub"})


@endpoint("GET", counted=False)
def robots(request: WSGIRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type=answers.TEXT)
