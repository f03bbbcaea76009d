"""Events from places that can only load a picture. The answer is always one, whatever became of the event."""

from base64 import b64decode, urlsafe_b64decode
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils.timezone import now

from events.dialects import segment_answers as answers
from events.dialects.endpoint import endpoint
from events.dialects.jsonbody import BadJSON, Document, read_json
from events.dialects.segment_answers import Refused
from events.dialects.segment_key import key_in_body, key_in_query, project_by
from events.dialects.segment_take import Request, refused, take
from events.dialects.segment_times import iso

# One transparent dot.
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
UNNAMED_PAGE = "Unknown Page"
MAX_LEVELS = 20


@endpoint("GET", credentials=True)
def fields(request: WSGIRequest, wire_type: str) -> HttpResponse:
    """RudderStack's: `GET /pixel/v1/track?writeKey=…&anonymousId=…&event=…&properties.x=…`"""
    return _dot(request, wire_type, lambda: Document(_message(request, wire_type), True, False))


@endpoint("GET", credentials=True)
def data(request: WSGIRequest, wire_type: str) -> HttpResponse:
    """Segment's: `GET /v1/pixel/<type>?data=<base64 of the message as JSON>`"""
    return _dot(request, wire_type, lambda: _decoded(_query(request).get("data", "")))


def _dot(request: WSGIRequest, wire_type: str, read: Any) -> HttpResponse:
    asked = Request.of(request, wire_type)
    asked.raw = request.META.get("QUERY_STRING", "").encode()
    try:
        if key := key_in_query(request):
            asked.project = project_by(key)
        document = read()
        asked.project = asked.project or project_by(key_in_body(document.value), missing=answers.NO_KEY_IN_QUERY)
        take(asked, document)
    except Refused as error:
        refused(asked, error, now())
    response = HttpResponse(GIF, content_type="image/gif")
    response["Cache-Control"] = "no-store"
    return response


def _query(request: WSGIRequest) -> dict[str, str]:
    try:
        return request.GET.dict()
    except SuspiciousOperation as error:
        raise Refused(400, answers.NOT_AN_EVENT, "too many fields") from error


def _message(request: WSGIRequest, wire_type: str) -> dict[str, Any]:
    moment = iso(now())
    message: dict[str, Any] = {"channel": "web", "integrations": {"All": True}}
    message |= {"originalTimestamp": moment, "sentAt": moment}
    for name, value in _query(request).items():
        if name != "writeKey":
            _put(message, name.split("."), value)
    if isinstance(anonymous := message.get("anonymousId"), str):
        message["anonymousId"] = anonymous.strip("\"'")
    if wire_type == "page" and not message.get("name"):
        message["name"] = UNNAMED_PAGE
    return message


def _put(message: dict[str, Any], way: list[str], value: str) -> None:
    """`context.page.url` builds objects. A way through a value that is no object, or a very long one, is refused."""
    if len(way) > MAX_LEVELS:
        raise Refused(400, answers.NOT_AN_EVENT, f"a field has more than {MAX_LEVELS} levels")
    *parents, name = way
    for parent in parents:
        message = message.setdefault(parent, {})
        if not isinstance(message, dict):
            raise Refused(400, answers.NOT_AN_EVENT, f"{'.'.join(way)} stands in a field that has a value itself")
    message[name] = value


def _decoded(text: str) -> Document:
    try:
        # A query's + is a space by now, and padding is often left off.
        padded = text.replace(" ", "+").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        document = read_json(urlsafe_b64decode(padded.replace("+", "-").replace("/", "_")))
    except (ValueError, BadJSON) as error:
        raise Refused(400, answers.NOT_JSON, str(error)) from error
    if not isinstance(document.value, dict):
        raise Refused(400, answers.NOT_AN_EVENT)
    return document
