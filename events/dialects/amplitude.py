"""Amplitude's HTTP V2 and batch upload: `POST /2/httpapi`, `POST /batch`."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from events.dialects import amplitude_answers as answers
from events.dialects.amplitude_ids import MAX_LENGTH, MIN_LENGTH
from events.dialects.amplitude_upload import MEGABYTE, Upload, take
from events.dialects.body import BodyRefused, read_body
from events.dialects.endpoint import endpoint
from events.dialects.jsonbody import BadJSON, read_json


@endpoint("POST")
def httpapi(request: WSGIRequest) -> HttpResponse:
    return answers.as_json(_answer(request, MEGABYTE))


@endpoint("POST")
def batch(request: WSGIRequest) -> HttpResponse:
    return answers.as_json(_answer(request, 20 * MEGABYTE))


def _answer(request: WSGIRequest, limit: int) -> answers.Answer:
    try:
        raw = read_body(request, limit)
        if not raw.strip():
            return answers.refused(400, "Missing request body")
        document = read_json(raw)
    except BodyRefused as error:
        return answers.body_refused(error)
    except BadJSON as error:
        return answers.invalid_json(str(error))
    content = document.value
    if not isinstance(content, dict):
        return answers.invalid_json("the body must be an object with api_key and events")
    upload = Upload(
        content.get("api_key"), content.get("events"), document, len(raw), content.get("client_upload_time"),
        min_id_length(content.get("options")), raw=raw,
    )  # fmt: skip
    return take(request, upload)


def min_id_length(options: Any) -> int:
    """What the sender asks for in `options`, within reason; 5 otherwise."""
    wanted = options.get("min_id_length") if isinstance(options, dict) else None
    return wanted if type(wanted) is int and 0 <= wanted <= MAX_LENGTH else MIN_LENGTH
