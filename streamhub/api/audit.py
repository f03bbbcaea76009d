"""/audit: who changed what, newest first."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Schema

from events.models import AuditEntry
from streamhub.api.answers import PageQuery, aware, moment, number_of, page
from streamhub.api.doors import Resource, caller_of
from streamhub.audit_trail import Criteria, matching

router = Resource()


class AuditQuery(PageQuery):
    """`who`: a name, exactly. `object_type`: destination, delivery, membership, …; `object_id` only with it."""

    who: Annotated[str, Field(max_length=150)] = ""
    object_type: Annotated[str, Field(max_length=64)] = ""
    object_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    since: datetime | None = None


class EntryOut(Schema):
    """`changes`: [path, before, after], secrets blanked."""

    id: int
    at: str
    by: str
    address: str | None
    action: str
    object_type: str
    object_id: int | None
    object_name: str
    changes: list[Any]


class EntriesOut(Schema):
    data: list[EntryOut]
    next: str | None


@router.door("GET", "/projects/{project}/audit", "audit", "audit:read", gives=EntriesOut)
def list_audit_entries(request: HttpRequest, project: str, query: Query[AuditQuery]) -> HttpResponse:
    """The audit trail."""
    criteria = Criteria(query.who, query.object_type, query.object_id, aware(query.since))
    rows = matching(caller_of(request).project, criteria).order_by("-pk")
    if before := number_of(query.cursor):
        rows = rows.filter(pk__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


def shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": moment(entry.at),
        "by": entry.by_name,
        "address": entry.address,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_name": entry.object_name,
        "changes": entry.changes,
    }
