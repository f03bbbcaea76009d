"""An event's page: the event, what became of it at each destination, and what is known of its user."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery.backfill import Window
from delivery.event_outcomes import outcomes_of
from delivery.replays import CannotReplay, fill_back
from destinations.saved_event_rules import rule_for
from events.fragments import htmx_of
from events.models import Event, Outbox, Profile
from events.profiles import identity_of
from events.signed_in import signed_in
from events.toasts import toast

JUST_NOW = timedelta(minutes=1)  # routing takes less, unless nothing runs


def event(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Event.objects.select_related("project"), project__slug=project, pk=pk)
    outcomes = outcomes_of(found)
    is_unrouted = Outbox.objects.filter(event_id=found.pk).exists()
    is_routing = is_unrouted and now() - found.received_at < JUST_NOW
    is_moving = is_routing or any(one.delivery and one.delivery.is_open for one in outcomes)
    context = {
        "project": found.project,
        "event": found,
        "outcomes": outcomes,
        "is_routing": is_routing,
        "is_unrouted": is_unrouted,
        "profile": profile_of(found),
        "transformed": rule_for(found),
        "poll": 2_000 if is_moving else 0,
    }
    template = "events/outcomes.html" if htmx_of(request) else "events/event.html"
    return render(request, template, context)


@require_POST
def event_backfill(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Sends one event to a destination that never got it (`destination`)."""
    found = get_object_or_404(Event.objects.select_related("project"), project__slug=project, pk=pk)
    number = request.POST.get("destination", "")
    lane = found.project.destinations.filter(pk=int(number) if number.isascii() and number.isdecimal() else 0).first()
    back = redirect("event", project, pk)
    if lane is None:
        return toast(request, back, "That destination is not there any more.", "bad")
    try:
        fill_back(lane, Window(lane.pk, event=found.pk), by=signed_in(request))
    except CannotReplay as error:
        return toast(request, back, str(error), "bad")
    return toast(request, back, f"It goes to {lane.name} in a moment.")


def profile_of(event: Event) -> Profile | None:
    of_project = Profile.objects.filter(project=event.project_id)
    found = of_project.filter(identity=identity_of(event.user_id, event.device_id)).first()
    if found and found.merged_into:
        found = of_project.filter(identity=found.merged_into).first() or found
    return found
