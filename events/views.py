"""Live events: the newest ones, as they come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from events.live import LOOKED_AT, SHOWN, newest_events
from events.models import Project
from events.seen_types import seen_types


def events(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    event_type, who = (request.GET.get(name, "").strip().replace("\0", "") for name in ("type", "user"))
    context = {
        "project": found,
        "events": newest_events(found, event_type, who),
        "event_type": event_type,
        "who": who,
        "is_filtered": bool(event_type or who),
        "shown": SHOWN,
        "looked_at": LOOKED_AT,
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    if not fragment:
        context["seen"] = seen_types(found)
    response = render(request, "events/rows.html" if fragment else "events/live.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
