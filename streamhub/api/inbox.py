"""/inbox: what arrived at the project's built-in receiver."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Query, Schema

from delivery import inbox
from streamhub.api.answers import answer, moment, nothing
from streamhub.api.doors import Resource, caller_of

router = Resource()
ALL = "/projects/{project}/inbox"


class InboxQuery(Schema):
    limit: Annotated[int, Field(ge=1, le=inbox.KEPT_REQUESTS)] = 50


class ArrivedOut(Schema):
    """`body`: at most 64 KiB of it. `status`: what was answered."""

    number: int
    at: str
    method: str
    path: str
    headers: list[list[str]]
    body: str
    bytes: int
    status: int


class InboxOut(Schema):
    """`address`: a URL for destinations to try things with. `total`: since it was last cleared; the newest 500 are
    kept."""

    address: str
    total: int
    data: list[ArrivedOut]
    next: str | None


@router.door("GET", ALL, "inbox_page", "deliveries:read", gives=InboxOut)
def list_inbox(request: HttpRequest, project: str, query: Query[InboxQuery]) -> HttpResponse:
    """What arrived lately, newest first."""
    owner = caller_of(request).project
    total, received = inbox.newest(owner.inbox_token, query.limit)
    address = request.build_absolute_uri(reverse("inbox", args=[owner.inbox_token]))
    return answer({"address": address, "total": total, "data": [_shown(one) for one in received], "next": None})


@router.door("DELETE", ALL, "inbox_clear", "deliveries:write", status=204)
def clear_inbox(request: HttpRequest, project: str) -> HttpResponse:
    """Empty it."""
    inbox.clear(caller_of(request).project.inbox_token)
    return nothing()


def _shown(one: inbox.Received) -> dict[str, Any]:
    same = ("number", "method", "path", "body", "status")
    texts = {name: getattr(one, name) for name in same}
    return {**texts, "headers": [list(header) for header in one.headers], "at": moment(one.at), "bytes": one.size}
