"""What a load balancer and monitoring ask: is the process up, can it take events, and does what it takes move on?"""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, JsonResponse

from delivery.lag import lanes_behind, unrouted
from events.hub_redis import hub_redis
from streamhub.queue_facts import machinery

LATE = 300  # seconds of lag that are no longer well
REMEMBERED = 2.0  # seconds: however often it is asked, the database is not


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if the database and Redis answer, so that events can be taken; else 503 with the reason of each that doesn't.

    Workers, clock and lag are told too. They decide with `?all=1` only: events are kept while nobody sends them, and
    a load balancer must not turn senders away for that.
    """
    needed = {"database": _reason(_ask_database), "redis": _reason(_ask_redis)}
    answer: dict[str, Any] = {name: reason or "ok" for name, reason in needed.items()}
    ready = not any(needed.values())
    if ready:
        answer |= _road()
        if "all" in request.GET:
            ready = all(answer[name] == "ok" for name in ("workers", "clock", "lag"))
    return JsonResponse({"ok": ready, **answer}, status=200 if ready else 503)


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    hub_redis().ping()


def _reason(ask: Callable[[], None]) -> str:
    """The kind of failure only: its message may name hosts and users, and this page needs no sign-in."""
    try:
        ask()
    except Exception as error:
        return f"doesn't answer ({type(error).__name__})"
    return ""


_seen: tuple[float, dict[str, Any]] = (0.0, {})


def _road() -> dict[str, Any]:
    global _seen
    if monotonic() - _seen[0] > REMEMBERED or not _seen[1]:
        _seen = (monotonic(), _look())
    return _seen[1]


def _look() -> dict[str, Any]:
    found = machinery()
    lag = max([unrouted()[1], *(lane.seconds for lane in lanes_behind() if lane.flows)])
    return {
        "workers": f"none for {', '.join(found.unserved)}" if found.unserved else "ok",
        "clock": "ok" if found.clock_seen_at else "not seen for two minutes",
        "lag": "ok" if lag < LATE else f"over {LATE} s",
        "lag_seconds": round(lag, 1),
    }
