"""Form fields of a request whose body has been read already (bounded, gunzipped, also chunked)."""

from io import BytesIO

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError


class BadForm(ValueError):
    """The form cannot be read; the text says why."""


def read_form(request: WSGIRequest, raw: bytes) -> QueryDict:
    """The fields of a multipart body, or else of a urlencoded one. Raises BadForm."""
    try:
        if request.content_type == "multipart/form-data":
            meta = {**request.META, "CONTENT_LENGTH": len(raw)}
            return MultiPartParser(meta, BytesIO(raw), request.upload_handlers, "utf-8").parse()[0]
        return QueryDict(raw, encoding="utf-8")
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        raise BadForm(str(error) or "too many fields") from error


def read_query(request: WSGIRequest) -> QueryDict:
    """The fields of the address. Raises BadForm."""
    try:
        return request.GET
    except SuspiciousOperation as error:
        raise BadForm("too many fields") from error
