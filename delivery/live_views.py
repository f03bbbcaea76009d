"""Live events: the newest ones as they come in, each with what has become of it at its destinations."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from delivery.outcome_dots import dots_of
from events.live import SHOWN, newest_events
from events.models import Project
from events.query import page_link
from events.seen_types import seen_types


def events(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or its rows for the filter; for a poll nothing, if the rows still look as they did (`seen`)."""
    found = get_object_or_404(Project, slug=project)
    event_type, who = (request.GET.get(name, "").strip().replace("\0", "") for name in ("type", "user"))
    newest = newest_events(found, event_type, who)
    dots = dots_of(newest)
    look = blake2b(repr([(event.pk, dots[event.pk]) for event in newest]).encode(), digest_size=8).hexdigest()
    fragment = request.htmx and not request.htmx.history_restore_request
    if fragment and request.GET.get("seen") == look:
        return HttpResponse(status=204)
    context = {
        "project": found,
        "rows": [(event, dots[event.pk]) for event in newest],
        "look": look,
        "event_type": event_type,
        "who": who,
        "is_filtered": bool(event_type or who),
        "shown": SHOWN,
    }
    if not fragment:
        context["seen"] = seen_types(found)
    response = render(request, "events/rows.html" if fragment else "events/live.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and "seen" not in request.GET:  # the filter, not a poll
        response["HX-Push-Url"] = page_link(request)
    return response
