"""An event's page: the event, what became of it at each destination, and what is known of its user."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now

from delivery.models import Delivery, Verdict
from events.models import Event, Profile
from events.profiles import identity_of

JUST_NOW = timedelta(minutes=1)  # routing takes less, unless nothing runs


@dataclass(frozen=True, slots=True)
class Outcome:
    """One destination's side of an event: a delivery, or the rule that refused it."""

    name: str
    destination: int
    delivery: Delivery | None = None
    refusal: str = ""


def event(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Event.objects.select_related("project"), project__slug=project, pk=pk)
    outcomes = outcomes_of(found)
    is_routing = not outcomes and now() - found.received_at < JUST_NOW
    is_moving = is_routing or any(one.delivery and one.delivery.is_open for one in outcomes)
    context = {
        "project": found.project,
        "event": found,
        "outcomes": outcomes,
        "profile": profile_of(found),
        "poll": 2_000 if is_moving else 0,
    }
    template = "events/outcomes.html" if request.htmx else "events/event.html"
    return render(request, template, context)


def outcomes_of(event: Event) -> list[Outcome]:
    """Deliveries first, then the destinations whose filter said no, each by name."""
    made = Delivery.objects.filter(event=event).select_related("destination", "project")
    sent = sorted((Outcome(d.destination.name, d.destination_id, d) for d in made), key=lambda one: one.name)
    verdict = Verdict.objects.filter(event_id=event.pk).first()
    refusals = verdict.refusals if verdict else {}
    names = dict(event.project.destinations.filter(pk__in=list(refusals)).values_list("pk", "name"))
    refused = [Outcome(names[int(pk)], int(pk), refusal=words) for pk, words in refusals.items() if int(pk) in names]
    return sent + sorted(refused, key=lambda one: one.name)


def profile_of(event: Event) -> Profile | None:
    identity = identity_of(event.user_id, event.device_id)
    return Profile.objects.filter(project=event.project_id, identity=identity).first()
