"""The list of versions below an editor: each can be held against the one in use, and taken up again."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from destinations.version_models import Version
from destinations.versions import compare, latest_versions, version_of
from events.fragments import htmx_of

V = TypeVar("V", bound=Version)


def listed_versions(request: HttpRequest, versions: QuerySet[V], here: str) -> dict[str, Any]:
    """For destinations/versions.html. `?compare=`: the number of the one to hold against the one in use. `here`: the
    address of the page."""
    latest, old = latest_versions(versions), version_of(versions, request.GET.get("compare", ""))
    return {
        "here": here,
        "versions": latest,
        "compared": old,
        "lines": compare(old, latest[0]) if old and latest else [],
    }


def asks_for_versions(request: HttpRequest) -> bool:
    """Whether only the list is wanted."""
    htmx = htmx_of(request)
    return bool(htmx and htmx.target == "versions")
