"""Queues: what waits in the lanes, and whether workers and clock are there to send it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from redis.exceptions import RedisError

from delivery.waiting import waiting_lanes
from events.fragments import asks_for_part
from events.models import Project
from streamhub.queue_facts import Machinery, machinery

LANES = 100  # those with the longest queues


def queues(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or for its poll only the part of it that changes."""
    found = get_object_or_404(Project, slug=project)
    lanes = waiting_lanes(found)
    context = {"project": found, "lanes": lanes[:LANES], "left_out": len(lanes[LANES:]), "machinery": _machinery()}
    polling = asks_for_part(request)
    response = render(request, "queues/live.html" if polling else "queues/page.html", context)
    response["Vary"] = "HX-Request"
    return response


def _machinery() -> Machinery | None:
    """None where Redis doesn't answer."""
    try:
        return machinery()
    except RedisError:
        return None
