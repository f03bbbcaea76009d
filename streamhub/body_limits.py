"""How many bytes of a request's body are taken: known by its address, before the body is read."""

from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

from cohorts.api import door as cohorts_api
from delivery import inbox_receiver
from events.annotations.api import fields as annotations_api
from events.dialects import segment
from events.dialects.amplitude_upload import MEGABYTE
from streamhub.api import doors as management_api
from streamhub.buffering import LARGEST

# What an address begins with -> the most that its view takes; the first that fits counts.
OF_ADDRESSES = {
    "/2/httpapi": MEGABYTE,
    "/batch": 20 * MEGABYTE,
    "/identify": MEGABYTE,
    "/groupidentify": MEGABYTE,
    "/v1/": segment.MOST_BYTES,
    "/beacon/": segment.MOST_BYTES,
    "/hooks/": MEGABYTE,
    "/inbox/": inbox_receiver.READ_BYTES,
    "/api/v1/": management_api.MOST_BYTES,
    "/api/2/annotation": annotations_api.MOST_BYTES,
    "/api/3/annotation": annotations_api.MOST_BYTES,
    "/api/": cohorts_api.MOST_BYTES,
}


def most_bytes(scope: MutableMapping[str, Any]) -> int:
    """Of an ASGI request. Forms of pages have one bound, those with files (lists of users) another."""
    path = scope["path"]
    for beginning, most in OF_ADDRESSES.items():
        if path.startswith(beginning):
            return most
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return LARGEST if kind.lower().startswith(b"multipart/") else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
