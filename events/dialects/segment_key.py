"""Where a Segment-spec request has its write key: the user name of Basic authentication, else the body or the query."""

from base64 import b64decode
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest

from events.dialects.segment_answers import NO_KEY_IN_HEADER, WRONG_KEY, Refused
from events.models import Project
from events.write_keys import project_of


def key_in_header(request: WSGIRequest) -> str:
    """Empty where there is none, or another kind of authentication. Raises Refused where it cannot be read."""
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except ValueError as error:  # of either decoding
        raise Refused(401, NO_KEY_IN_HEADER) from error


def key_in_body(content: Any) -> str:
    key = content.get("writeKey") if isinstance(content, dict) else None
    return key if isinstance(key, str) else ""


def key_in_query(request: WSGIRequest) -> str:
    try:
        return request.GET.get("writeKey", "")
    except SuspiciousOperation:
        return ""


def project_by_header(request: WSGIRequest) -> Project | None:
    """None where the header names no key. Raises Refused for a wrong one."""
    key = key_in_header(request)
    return project_by(key) if key else None


def project_by(key: str, *, missing: str = NO_KEY_IN_HEADER) -> Project:
    """Raises Refused."""
    if not key:
        raise Refused(401, missing)
    project = project_of(key)
    if project is None:
        raise Refused(401, WRONG_KEY)
    return project
