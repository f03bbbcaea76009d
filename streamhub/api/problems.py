"""Refusals as application/problem+json (RFC 9457): type, title, status, detail, and `errors` by place."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError
from redis.exceptions import RedisError

from cohorts.computation import Busy
from cohorts.farewell import InUse
from cohorts.on_demand import CannotAsk
from cohorts.runs import CannotResend
from delivery.cancelling import CannotCancel
from delivery.repair import CannotRetry
from delivery.replays import CannotReplay
from delivery.trial_request import CannotSend
from destinations.portal.drafts import NotOpen
from destinations.portal.life import StepRefused
from destinations.secrets import SecretUnreadable
from destinations.signing_secrets import CannotRotate
from events.accounts import AccountRefused
from events.checking import Invalid, Problem
from events.dialects.jsonbody import clean
from events.jsontext import dumps
from events.membership import MembershipRefused

# Why something that is there cannot be done now.
CONFLICTS: tuple[type[Exception], ...] = (
    CannotAsk, InUse, CannotResend, CannotCancel, CannotRetry, CannotReplay, CannotSend, MembershipRefused,
    CannotRotate, SecretUnreadable, AccountRefused, StepRefused, NotOpen,
)  # fmt: skip
REDIS_AWAY = "Redis, which keeps this, does not answer. Try again in a few seconds."
BUSY = "It is being computed or changed by somebody else this moment. Try again in a few seconds."


class ErrorOut(Schema):
    """`field`: a dotted path into what was sent, "" for the whole."""

    field: str
    message: str


class ProblemOut(Schema):
    """`type` names the sort of problem and stays the same; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorOut] = []


class Refused(Exception):
    """Nothing was changed. `sort`: the end of the problem's type. `wait`: seconds until another try may succeed."""

    def __init__(
        self, status: int, sort: str, detail: str, errors: Iterable[Problem] = (), *, wait: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.sort, self.errors, self.wait = status, sort, tuple(errors), wait


def not_found(detail: str) -> Refused:
    return Refused(404, "not-found", detail)


def as_answer(refused: Refused) -> HttpResponse:
    body: dict[str, Any] = {
        "type": f"urn:streamhub:problem:{refused.sort}",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": str(refused),
        "errors": [{"field": error.field, "message": error.message} for error in refused.errors],
    }
    text = dumps(clean(body)[0])
    response = HttpResponse(text, status=refused.status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if refused.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="StreamHub"'
    if refused.wait is not None:
        response["Retry-After"] = str(refused.wait)
    return response


def understand(api: NinjaAPI) -> None:
    """Makes an answer of every exception that tells a caller something."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return as_answer(error)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return as_answer(Refused(401, "unauthorized", HOW_TO_ASK))

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return as_answer(invalid(Problem(_place(one["loc"]), str(one["msg"])) for one in error.errors))

    @api.exception_handler(Busy)
    def busy(request: HttpRequest, error: Busy) -> HttpResponse:
        return as_answer(Refused(409, "busy", BUSY, wait=5))

    @api.exception_handler(RedisError)
    def redis_away(request: HttpRequest, error: RedisError) -> HttpResponse:
        return as_answer(Refused(503, "unavailable", REDIS_AWAY, wait=5))

    @api.exception_handler(Invalid)
    def wrong(request: HttpRequest, error: Invalid) -> HttpResponse:
        return as_answer(invalid(Problem(one.field, one.message) for one in error.problems))

    def conflict(request: HttpRequest, error: Exception) -> HttpResponse:
        return as_answer(Refused(409, "conflict", str(error)))

    for sort in CONFLICTS:
        api.exception_handler(sort)(conflict)


HOW_TO_ASK = "Send a token of the project as “Authorization: Bearer sht_…”. Admins make them under Project settings."


def invalid(problems: Iterable[Problem]) -> Refused:
    found = tuple(problems)
    count = "One value is" if len(found) == 1 else f"{len(found)} values are"
    return Refused(422, "invalid", f"{count} refused, and nothing was changed. See errors.", found)


def _place(location: Iterable[Any]) -> str:
    """("query", "limit") -> "limit": where it stood follows from the name."""
    return ".".join(str(part) for part in list(location)[1:])
