"""Live events, going out: each attempt as it is made, and what the destination answered in full."""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from delivery.live_out import DELIVERED, FAILED, SHOWN, newest_attempt_id, newest_attempts
from delivery.live_tabs import tabs_of
from delivery.models import Attempt
from delivery.timeline import WORD_OF
from events.fragments import asks_for_part
from events.models import Project
from events.query import number, page_link


def events_out(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or its rows for the filter; for a poll nothing, if there is no attempt newer than `after`, or none that
    would be seen here (`seen`). `unfold`: the id of an attempt, to see it whole."""
    found = get_object_or_404(Project, slug=project)
    if (wanted := number(request, "unfold")) is not None:
        return _unfolded(request, found, wanted)
    newest = newest_attempt_id()
    fragment = asks_for_part(request)
    if fragment and number(request, "after") == newest:
        return HttpResponse(status=204)
    destination = number(request, "destination")
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in (FAILED, DELIVERED) else ""
    rows = newest_attempts(found, destination, outcome)
    look = blake2b(repr([(row.pk, row.delivery.state) for row in rows]).encode(), digest_size=8).hexdigest()
    if fragment and request.GET.get("seen") == look:
        return HttpResponse(status=204)
    context = {
        "project": found,
        "rows": [(row, row.status or WORD_OF.get(row.error_kind, "Error")) for row in rows],
        "look": look,
        "newest": newest,
        "destination": destination,
        "outcome": outcome,
        "is_filtered": bool(destination or outcome),
        "shown": SHOWN,
    }
    if not fragment:
        context |= {
            "tabs": tabs_of(found, "events_out"),
            "destinations": found.destinations.order_by("name").values_list("pk", "name"),
        }
    response = render(request, "events/out_rows.html" if fragment else "events/out.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and "seen" not in request.GET:  # the filter, not a poll
        response["HX-Push-Url"] = page_link(request)
    return response


def _unfolded(request: HttpRequest, project: Project, pk: int) -> HttpResponse:
    related = Attempt.objects.select_related("delivery__destination", "delivery__event")
    attempt = get_object_or_404(related, delivery__project=project, pk=pk)
    context = {"project": project, "attempt": attempt, "delivery": attempt.delivery}
    return render(request, "events/attempt.html", context)
