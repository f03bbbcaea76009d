"""Whether somebody said a moment ago who they are: to see stored secrets, an open session is not enough."""

import time

from django.http import HttpRequest

PROVEN_AT = "proven_at"  # in the session: it is worth nothing in another one
SECONDS = 300


def note_proof(request: HttpRequest) -> None:
    """Signing in, or giving the password again."""
    request.session[PROVEN_AT] = time.time()


def is_proven(request: HttpRequest) -> bool:
    return 0 <= time.time() - request.session.get(PROVEN_AT, 0) <= SECONDS
