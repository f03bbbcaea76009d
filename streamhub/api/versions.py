"""What was in use once, as the API lists it: payloads, transformations, event transformations."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse

from destinations.version_models import Version
from streamhub.api.answers import PageQuery, moment, number_of, page

V = TypeVar("V", bound=Version)


def versions_page(query: PageQuery, versions: QuerySet[V], shown: Callable[[V], dict[str, Any]]) -> HttpResponse:
    """Newest first; `shown`: what a version says."""
    rows = versions.select_related("created_by")
    if before := number_of(query.cursor):
        rows = rows.filter(number__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.number, lambda row: numbered(row, shown(row)))


def numbered(version: Version, says: dict[str, Any]) -> dict[str, Any]:
    by = version.created_by.get_username() if version.created_by else None
    return {"number": version.number, **says, "created_at": moment(version.created_at), "created_by": by}
