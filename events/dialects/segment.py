"""The Segment-spec HTTP API, as RudderStack's and Segment's SDKs speak it: `POST /v1/<type>`, `/v1/batch` and others.

Never looks at Content-Type: SDKs send gzipped JSON as a form, and beacons send text.
"""

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils.timezone import now

from events.dialects import segment_answers as answers
from events.dialects.body import BodyRefused, read_body
from events.dialects.endpoint import endpoint
from events.dialects.jsonbody import BadJSON, Document, read_json
from events.dialects.segment_answers import Refused
from events.dialects.segment_key import key_in_body, key_in_query, project_by, project_by_header
from events.dialects.segment_take import Request, refused, take
from events.models import Project

MOST_BYTES = 4_000 * 1024
TYPES = ("identify", "track", "page", "screen", "group", "alias", "merge")
# Segment's browser SDK; `m` are its metrics.
LETTERS = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}


@endpoint("POST", credentials=True)
def single(request: WSGIRequest, wire_type: str) -> HttpResponse:
    return _answer(request, LETTERS.get(wire_type, wire_type), _by_header_or_body)


@endpoint("POST", credentials=True)
def batch(request: WSGIRequest) -> HttpResponse:
    """Also `/v1/import`."""
    return _answer(request, "", _by_header_or_body)


@endpoint("POST", credentials=True)
def beacon(request: WSGIRequest) -> HttpResponse:
    """A beacon can set no header."""
    return _answer(request, "", _by_query)


def _by_header_or_body(request: WSGIRequest, content: Any) -> Project:
    return project_by(key_in_body(content) or key_in_query(request))


def _by_query(request: WSGIRequest, content: Any) -> Project:
    return project_by(key_in_query(request) or key_in_body(content), missing=answers.NO_KEY_IN_QUERY)


def _answer(request: WSGIRequest, wire_type: str, find: Callable[[WSGIRequest, Any], Project]) -> HttpResponse:
    asked = Request.of(request, wire_type)
    try:
        asked.project = project_by_header(request)
        asked.raw = _body(request)
        document = _document(asked.raw)
        asked.project = asked.project or find(request, document.value)
        take(asked, document)
    except Refused as error:
        if asked.project is None and error.status != 401:  # a body that cannot be read may come with a key in the query
            asked.project = _named_in_query(request)
        refused(asked, error, now())
        return answers.refused(error)
    return answers.ok()


def _body(request: WSGIRequest) -> bytes:
    try:
        raw = read_body(request, MOST_BYTES)
    except BodyRefused as error:
        if error.status == 413:
            raise Refused(413, answers.TOO_LARGE, f"more than {MOST_BYTES:,} bytes") from error
        raise Refused(error.status, str(error)) from error
    if not raw.strip():
        raise Refused(400, answers.NO_BODY)
    return raw


def _document(raw: bytes) -> Document:
    try:
        document = read_json(raw)
    except BadJSON as error:
        raise Refused(400, answers.NOT_JSON, str(error)) from error
    if not isinstance(document.value, dict):
        raise Refused(400, answers.NOT_AN_EVENT)
    return document


def _named_in_query(request: WSGIRequest) -> Project | None:
    try:
        return project_by(key_in_query(request))
    except Refused:
        return None
