"""The bytes of a request, bounded before anything parses them."""

import zlib

from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

CHUNK = 64 * 1024
# Legal gzip may hold several members; thousands of empty ones only burn time.
MAX_GZIP_MEMBERS = 8
GZIP_WINDOW = 31  # zlib's number for "gzip wrapper, largest window"


class BodyRefused(Exception):
    """The body cannot be taken: `status` is 400, 413 or 415, the text says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_body(request: WSGIRequest, limit: int) -> bytes:
    """The body, gunzipped if it says so; at most `limit` bytes before and after. Raises BodyRefused."""
    raw = _read(request, limit)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        return gunzip(raw, limit)
    if encoding in ("", "identity"):
        return raw
    raise BodyRefused(415, "Content-Encoding must be gzip or absent")


def _read(request: WSGIRequest, limit: int) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length:
        return _read_chunked(request, limit)
    if not length.isascii() or not length.isdigit():
        raise BodyRefused(400, "Content-Length is not a number")
    if int(length[:20]) > limit:
        raise too_large(limit)
    try:
        raw = request.read(int(length))
    except UnreadablePostError as error:
        raise BodyRefused(400, "The request body ended early") from error
    if len(raw) < int(length):
        raise BodyRefused(400, f"The request body ended after {len(raw)} of {int(length)} bytes")
    return raw


def _read_chunked(request: WSGIRequest, limit: int) -> bytes:
    """Django reads a body without Content-Length as empty; the server has decoded its chunks and ends the stream."""
    if not request.META.get("wsgi.input_terminated"):
        return b""
    parts, size = [], 0
    try:
        while part := request.META["wsgi.input"].read(CHUNK):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise too_large(limit)
    except OSError as error:
        raise BodyRefused(400, "The request body ended early") from error
    return b"".join(parts)


def gunzip(raw: bytes, limit: int) -> bytes:
    """At most `limit` bytes come out, whatever goes in."""
    out = bytearray()
    for _ in range(MAX_GZIP_MEMBERS):
        member = zlib.decompressobj(GZIP_WINDOW)
        try:
            out += member.decompress(raw, limit + 1 - len(out))
        except zlib.error as error:
            raise BodyRefused(400, f"The body is not valid gzip ({error})") from error
        if len(out) > limit:
            raise too_large(limit)
        if not member.eof:
            raise BodyRefused(400, "The gzip body is cut short")
        raw = member.unused_data.lstrip(b"\0")
        if not raw:
            return bytes(out)
    raise BodyRefused(400, f"The gzip body has more than {MAX_GZIP_MEMBERS} members")


def too_large(limit: int) -> BodyRefused:
    return BodyRefused(413, f"The request body is larger than {limit:,} bytes")
