"""The address of the built-in inbox: it takes any request, writes it down and answers 200, or what the caller asks for.

`?status=503` answers with that status and `?delay_ms=2000` only after that time (10 s at most), to try out retries.
"""

import time
from urllib.parse import parse_qs

from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIRequest
from django.http import JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError

from delivery import inbox
from events.dialects.body import BodyRefused, read_body
from events.models import Project

READ_BYTES = 1024 * 1024
LONGEST_DELAY_MS = 10_000
KNOWN_SECONDS = 30

_known: dict[str, float] = {}


@csrf_exempt
@login_not_required
def receive(request: WSGIRequest, token: str) -> JsonResponse:
    if not _exists(token):
        return JsonResponse({"ok": False, "error": "There is no such inbox."}, status=404)
    try:
        body = read_body(request, READ_BYTES)
    except BodyRefused as error:
        return JsonResponse({"ok": False, "error": str(error)}, status=error.status)
    asked = parse_qs(request.META.get("QUERY_STRING", ""))
    status, delay = _number(asked, "status", 200), _number(asked, "delay_ms", 0)
    if not 200 <= status <= 599:
        status = 200
    try:
        inbox.keep(token, now(), request.method or "", request.get_full_path(), request.headers.items(), body, status)
    except RedisError:
        return JsonResponse({"ok": False, "error": "Redis, which keeps the inbox, does not answer."}, status=503)
    if delay > 0:
        time.sleep(min(delay, LONGEST_DELAY_MS) / 1000)
    return JsonResponse({"ok": status < 300}, status=status)


def _exists(token: str) -> bool:
    """Whether a project has this inbox. Remembered for half a minute, so that a burst costs one query."""
    clock = time.monotonic()
    if _known.get(token, 0) > clock:
        return True
    if not Project.objects.filter(inbox_token=token).exists():
        return False
    _known[token] = clock + KNOWN_SECONDS
    return True


def _number(asked: dict[str, list[str]], name: str, otherwise: int) -> int:
    try:
        return int(asked[name][0])
    except (KeyError, ValueError):
        return otherwise
