"""Live events: the newest ones, as they come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from events.live import SHOWN, newest_events
from events.models import Project
from events.query import number, page_link
from events.seen_types import seen_types


def events(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    event_type, who = (request.GET.get(name, "").strip().replace("\0", "") for name in ("type", "user"))
    newest = newest_events(found, event_type, who)
    fragment = request.htmx and not request.htmx.history_restore_request
    if fragment and number(request, "newest") == (newest[0].pk if newest else 0):
        return HttpResponse(status=204)  # a poll, and nothing has come in
    context = {
        "project": found,
        "events": newest,
        "event_type": event_type,
        "who": who,
        "is_filtered": bool(event_type or who),
        "shown": SHOWN,
    }
    if not fragment:
        context["seen"] = seen_types(found)
    response = render(request, "events/rows.html" if fragment else "events/live.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and "newest" not in request.GET:  # the filter, not a poll
        response["HX-Push-Url"] = page_link(request)
    return response
