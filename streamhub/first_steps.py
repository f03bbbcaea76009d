"""The three steps of a new project, each done once the database says so."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from delivery.models import Delivery, State
from destinations.models import Destination
from events.membership import projects_of
from events.models import Event, Project
from streamhub.snippets import Family, snippets


@dataclass(frozen=True, slots=True)
class FirstSteps:
    destination: Destination | None
    event: Event | None
    delivery: Delivery | None
    failing: bool
    snippets: list[Family]
    inbox: str
    demo: Project | None

    @property
    def current(self) -> int:
        """The first step that is still to do, 1 to 3; 4 once all are done."""
        done = (self.destination, self.event, self.delivery)
        return next((number for number, it in enumerate(done, start=1) if it is None), 4)


def first_steps(request: HttpRequest, project: Project) -> FirstSteps:
    newest = Delivery.objects.filter(project=project).order_by("-id")
    return FirstSteps(
        destination=project.destinations.order_by("-enabled", "id").first(),
        event=Event.objects.filter(project=project).order_by("-id").first(),
        delivery=newest.filter(state=State.DELIVERED).first(),
        failing=newest.exclude(state__in=[State.DELIVERED, State.QUEUED]).exists(),
        snippets=snippets(request.build_absolute_uri("/").rstrip("/"), project.api_key),
        inbox=request.build_absolute_uri(reverse("inbox", args=[project.inbox_token])),
        demo=projects_of(request.user).filter(is_demo=True).exclude(pk=project.pk).first(),
    )
