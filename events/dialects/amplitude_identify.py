"""Amplitude's identify addresses: a form or JSON in, `$identify` and `$groupidentify` events out."""

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from events.dialects import amplitude_answers as answers
from events.dialects.amplitude_upload import MEGABYTE, Upload, take
from events.dialects.body import BodyRefused, read_body
from events.dialects.endpoint import endpoint
from events.dialects.form import BadForm, read_form, read_query
from events.dialects.jsonbody import BadJSON, Document, read_json

MAX_IDENTIFICATIONS = 1024
FIELD = "identification"


@endpoint("POST", "GET")
def identify(request: WSGIRequest) -> HttpResponse:
    return _answer(request, _identify_event)


@endpoint("POST", "GET")
def groupidentify(request: WSGIRequest) -> HttpResponse:
    return _answer(request, _group_identify_event)


def _answer(request: WSGIRequest, as_event: Callable[[dict[str, Any]], dict[str, Any]]) -> HttpResponse:
    is_json = request.method == "POST" and request.content_type == "application/json"
    try:
        upload = _from_json(request) if is_json else _from_fields(request)
        if len(upload.events) > MAX_IDENTIFICATIONS:
            answer = answers.refused(413, answers.TOO_LARGE)
        else:
            upload.events = [as_event(e) if isinstance(e, dict) else e for e in upload.events]
            answer = take(request, upload)
    except BodyRefused as error:
        answer = answers.body_refused(error)
    except (BadJSON, BadForm) as error:
        answer = answers.invalid_json(str(error))
    return answers.as_json(answer) if is_json else answers.as_text(answer)


def _from_fields(request: WSGIRequest) -> Upload:
    if request.method == "GET":
        fields = read_query(request)
        raw = request.META.get("QUERY_STRING", "").encode()
    else:
        raw = read_body(request, MEGABYTE)
        fields = read_form(request, raw)
    return _upload(fields.get("api_key"), *_parsed(fields.get(FIELD) or "[]"), raw)


def _from_json(request: WSGIRequest) -> Upload:
    raw = read_body(request, MEGABYTE)
    document = read_json(raw)
    if not isinstance(document.value, dict):
        raise BadJSON(f"the body must be an object with api_key and {FIELD}")
    given = document.value.get(FIELD)
    key = document.value.get("api_key")
    if isinstance(given, str):
        given, document = _parsed(given)
    return _upload(key, given, document, raw)


def _parsed(text: str) -> tuple[Any, Document]:
    document = read_json(text.encode(errors="replace"))
    return document.value, document


def _upload(api_key: Any, given: Any, document: Document, raw: bytes) -> Upload:
    events = given if isinstance(given, list) else [given] if given is not None else []
    return Upload(api_key, events, document, len(raw), events_field=FIELD, raw=raw)


def _identify_event(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "event_type": "$identify"}


def _group_identify_event(entry: dict[str, Any]) -> dict[str, Any]:
    group_type, name = entry.get("group_type"), entry.get("group_value")
    return {
        "event_type": "$groupidentify",
        "groups": {group_type: name} if isinstance(group_type, str) and name is not None else None,
        "group_properties": entry.get("group_properties"),
    }
