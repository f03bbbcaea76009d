"""What the API answers: JSON, pages of a list with a cursor, and versions of a thing by ETag."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from events.checking import Problem
from events.jsontext import dumps
from streamhub.api.problems import Refused, invalid

Row = TypeVar("Row")
USUAL, MOST = 25, 100
CURSOR = re.compile(r"[A-Za-z0-9_-]*")


class PageQuery(Schema):
    """`cursor`: the `next` of the page before."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = USUAL
    cursor: Annotated[str, Field(max_length=1_000)] = ""


def answer(data: Any, status: int = 200) -> HttpResponse:
    response = HttpResponse(dumps(data), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def nothing() -> HttpResponse:
    return HttpResponse(status=204)


def moment(at: datetime | None) -> str | None:
    """2026-01-15T09:30:00.123456Z"""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def aware(at: datetime | None) -> datetime | None:
    """A time that was given; without an offset it is UTC. Raises Refused where no event can be of that time."""
    if at is None:
        return None
    if not 1970 <= at.year <= 9000:
        raise invalid([Problem("since", "Give times of the years 1970 to 9000.")])
    return at if at.tzinfo else at.replace(tzinfo=UTC)


# -- pages ------------------------------------------------------------------------------------------------------------
def page(rows: Iterable[Row], limit: int, key: Callable[[Row], Any], shown: Callable[[Row], Any]) -> HttpResponse:
    """`rows` holds one more than `limit` where the list goes on."""
    found = list(rows)
    following = cursor(key(found[limit - 1])) if len(found) > limit else None
    return answer({"data": [shown(row) for row in found[:limit]], "next": following})


def cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def key_of(given: str) -> str:
    """What `cursor` was made of; "" for the first page. Raises Refused."""
    if not CURSOR.fullmatch(given):
        raise _bad_cursor()
    try:
        return base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except (binascii.Error, ValueError):
        raise _bad_cursor() from None


def number_of(given: str) -> int | None:
    """A cursor that is made of an id. Raises Refused."""
    key = key_of(given)
    if key and not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise _bad_cursor()
    return int(key) if key else None


def _bad_cursor() -> Refused:
    return invalid([Problem("cursor", "Take the “next” of the page before, or leave it out.")])


# -- versions ---------------------------------------------------------------------------------------------------------
def version_of(data: Any) -> str:
    return f'"{blake2b(dumps(data).encode(), digest_size=12).hexdigest()}"'


def versioned(request: HttpRequest, data: Any, status: int = 200) -> HttpResponse:
    """With an ETag; 304 for who has this version already."""
    tag = version_of(data)
    unchanged = request.method == "GET" and tag in _tags(request.headers.get("If-None-Match", ""))
    response = HttpResponse(status=304) if unchanged else answer(data, status)
    response["ETag"] = tag
    return response


def refuse_stale(request: HttpRequest, present: Any) -> None:
    """Raises Refused (412) where the caller names (If-Match) another version than the present one. `present`: None
    where there is nothing yet."""
    wanted = request.headers.get("If-Match", "")
    if not wanted or (wanted.strip() == "*" and present is not None):
        return
    if present is None or version_of(present) not in _tags(wanted):
        raise Refused(412, "stale", "It has changed since you read it. GET it again, then repeat the change.")


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
