"""Live events, coming in and refused: requests and messages that were not taken, with the reason and what was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from delivery.live_tabs import tabs_of
from events import refusals
from events.fragments import asks_for_part
from events.models import Project
from events.query import number, page_link

SHOWN = 50


def events_refused(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or its rows; for a poll nothing, if no more were refused than it knows of (`after`). `unfold`: the
    number of a row, to see it whole."""
    found = get_object_or_404(Project, slug=project)
    if (wanted := number(request, "unfold")) is not None:
        return _unfolded(request, found, wanted)
    fragment = asks_for_part(request)
    if fragment and number(request, "after") == refusals.counted(found.pk):
        return HttpResponse(status=204)
    total, rows = refusals.newest(found.pk)
    text = request.GET.get("text", "").strip()
    matching = [row for row in rows if text.lower() in f"{row.path} {row.reason} {row.body}".lower()]
    context = {
        "project": found,
        "tabs": tabs_of(found, "events"),
        "rows": matching[:SHOWN],
        "total": total,
        "text": text,
        "kept": refusals.KEPT,
        "days": refusals.KEPT_SECONDS // 86_400,
    }
    response = render(request, "events/refused_rows.html" if fragment else "events/refused.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and "after" not in request.GET:  # the filter, not a poll
        response["HX-Push-Url"] = page_link(request)
    return response


def _unfolded(request: HttpRequest, project: Project, wanted: int) -> HttpResponse:
    """One of them, by its number, as long as newer ones have not taken its place."""
    refusal = next((row for row in refusals.newest(project.pk)[1] if row.number == wanted), None)
    return render(request, "events/refused_body.html", {"project": project, "refusal": refusal})
