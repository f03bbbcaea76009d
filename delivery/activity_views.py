"""The Activity tab: how a destination has answered lately, and its newest deliveries."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from delivery.activity import of_destination
from delivery.activity_charts import answer_times, responses
from delivery.chosen_range import CHOICES, chosen_range
from delivery.log import Criteria, page
from delivery.models import Attempt
from destinations.models import Destination
from events.fragments import asks_for_part

LATEST = 10


def destination_activity(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The page, or for its poll only the part of it that changes. `range`: 1h, 24h or 7d."""
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    chosen = chosen_range(request.GET)
    activity = of_destination(found, chosen.range)
    latest = page(found.project, Criteria(destination=pk), rows=LATEST).rows
    attempts = Attempt.objects.filter(delivery__in=[delivery.pk for delivery in latest]).order_by("pk")
    durations = dict(attempts.values_list("delivery_id", "duration_ms"))
    context = {
        "project": found.project,
        "destination": found,
        "choices": CHOICES,
        "chosen": chosen,
        "attempts": activity.total.attempts,
        "times": answer_times(activity, chosen),
        "responses": responses(activity.total),
        "latest": [(delivery, durations.get(delivery.pk)) for delivery in latest],
    }
    polling = asks_for_part(request)
    response = render(request, "delivery/activity_live.html" if polling else "delivery/activity.html", context)
    response["Vary"] = "HX-Request"
    return response
