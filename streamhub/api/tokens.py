"""/tokens: which there are, and ending one. People make them: a token that made tokens could outlive its own end."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from streamhub.api.answers import PageQuery, answer, moment, number_of, page
from streamhub.api.doors import Resource, caller_of
from streamhub.api.problems import Refused, not_found
from streamhub.api_tokens import revoke
from streamhub.models import ApiToken

router = Resource()
ALL = "/projects/{project}/tokens"


class TokenOut(Schema):
    """`ends_in`: the last characters of its text. `last_used_at` is to the minute."""

    id: int
    name: str
    role: str
    scopes: list[str]
    ends_in: str
    created_at: str
    created_by: str | None
    expires_at: str | None
    last_used_at: str | None
    last_used_from: str | None
    revoked_at: str | None


class TokensOut(Schema):
    data: list[TokenOut]
    next: str | None


@router.door("GET", ALL, "tokens", "members:read", gives=TokensOut)
def list_tokens(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """Tokens of the project, newest first, revoked ones too."""
    rows = caller_of(request).project.api_tokens.select_related("created_by").order_by("-pk")
    if before := number_of(query.cursor):
        rows = rows.filter(pk__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, _shown)


@router.door("POST", f"{ALL}/{{int:token}}/revoke", "token_revoke", "members:write", gives=TokenOut, conflicts=True)
def revoke_token(request: HttpRequest, project: str, token: int) -> HttpResponse:
    """Revoke a token, perhaps this one: it opens nothing any more, at once."""
    found = caller_of(request).project.api_tokens.select_related("project", "created_by").filter(pk=token).first()
    if found is None:
        raise not_found("There is no such token in this project.")
    if not revoke(found):
        raise Refused(409, "conflict", f"{found} was revoked already.")
    found.refresh_from_db()
    return answer(_shown(found))


def _shown(token: ApiToken) -> dict[str, Any]:
    moments = ("created_at", "expires_at", "last_used_at", "revoked_at")
    return {
        "id": token.pk,
        **{name: getattr(token, name) for name in ("name", "role", "scopes", "last_used_from")},
        "ends_in": token.end,
        "created_by": token.created_by.get_username() if token.created_by else None,
        **{name: moment(getattr(token, name)) for name in moments},
    }
