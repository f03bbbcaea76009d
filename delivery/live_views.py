"""Live events, coming in: the newest ones as they arrive, each with what has become of it at its destinations."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now

from delivery.live_tabs import tabs_of
from delivery.outcome_dots import UNDER_WAY, Dot, dots_of
from events import refusals
from events.fragments import asks_for_part
from events.live import SHOWN, newest_events, newest_id
from events.models import Event, Project
from events.query import number, page_link
from events.seen_types import seen_types

ROUTED_WITHIN = timedelta(seconds=10)  # usually much sooner


def events(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or its rows for the filter; for a poll nothing, if the rows still look as they did (`seen`).

    A poll that knows the newest id (`after`), with nothing under way in its rows, costs one look at an index.
    """
    found = get_object_or_404(Project, slug=project)
    newest = newest_id(found)
    fragment = asks_for_part(request)
    if fragment and number(request, "after") == newest and "moving" not in request.GET:
        return HttpResponse(status=204)
    event_type, who = (request.GET.get(name, "").strip().replace("\0", "") for name in ("type", "user"))
    shown = newest_events(found, event_type, who)
    dots = dots_of(shown)
    look = blake2b(repr([(event.pk, dots[event.pk]) for event in shown]).encode(), digest_size=8).hexdigest()
    is_moving = _is_moving(shown, dots)
    if fragment and request.GET.get("seen") == look and (is_moving or "moving" not in request.GET):
        return HttpResponse(status=204)
    context = {
        "project": found,
        "rows": [(event, dots[event.pk]) for event in shown],
        "look": look,
        "newest": newest,
        "is_moving": is_moving,
        "event_type": event_type,
        "who": who,
        "is_filtered": bool(event_type or who),
        "shown": SHOWN,
    }
    if not fragment:
        context |= {"seen": seen_types(found), "tabs": tabs_of(found, "events"), "refused": refusals.counted(found.pk)}
    response = render(request, "events/rows.html" if fragment else "events/live.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and "seen" not in request.GET:  # the filter, not a poll
        response["HX-Push-Url"] = page_link(request)
    return response


def event_payload(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """What an event's row unfolds."""
    event = get_object_or_404(Event.objects.select_related("project"), project__slug=project, pk=pk)
    return render(request, "events/payload.html", {"project": event.project, "event": event})


def _is_moving(events: Sequence[Event], dots: dict[int, list[Dot]]) -> bool:
    """Whether a row may change although nothing new comes in."""
    since = now() - ROUTED_WITHIN
    under_way = (dot.tone in UNDER_WAY for event in events for dot in dots[event.pk])
    return any(under_way) or any(event.received_at >= since for event in events)
