"""What a load balancer asks: is the process up, and can it do its work?"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django_rq import get_connection


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if the database and Redis answer, else 503 with the reason of each that doesn't."""
    answers = {"database": _reason(_ask_database), "redis": _reason(_ask_redis)}
    ready = not any(answers.values())
    checks = {name: reason or "ok" for name, reason in answers.items()}
    return JsonResponse({"ok": ready, **checks}, status=200 if ready else 503)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    get_connection("default").ping()


def _reason(ask: Callable[[], None]) -> str:
    """The kind of failure only: its message may name hosts and users, and this page needs no sign-in."""
    try:
        ask()
    except Exception as error:
        return f"doesn't answer ({type(error).__name__})"
    return ""
