"""What became of one event at each destination of its project, or why it was not sent there."""

from dataclasses import dataclass

from delivery.models import Delivery, Verdict
from destinations.event_rules import DROPPED
from destinations.models import Destination
from destinations.reach import reach_of
from destinations.transformations.wanting import wanting_of
from events.models import Event, Outbox

OFF_THEN = "it was switched off when the event came in."
MADE_LATER = "it was made after the event came in."


@dataclass(frozen=True, slots=True)
class Outcome:
    """One destination's side of an event: a delivery, or why there is none (`refusal`).

    `is_ruled`: a rule of the filter refused it, with the value it saw. `passes_now`: it can be filled back.
    """

    destination: Destination
    delivery: Delivery | None = None
    refusal: str = ""
    is_ruled: bool = False
    passes_now: bool = False

    @property
    def name(self) -> str:
        """With its number, where a transformation made several events of one."""
        part = self.delivery.part if self.delivery else None
        return f"{self.destination.name} ({part})" if part and part > 1 else self.destination.name

    @property
    def is_dropped(self) -> bool:
        """Whether an event transformation of the project said no, not the filter."""
        return self.refusal.startswith(DROPPED)


def outcomes_of(event: Event) -> list[Outcome]:
    """Deliveries first, then the destinations that did not get it, each by name."""
    made = Delivery.objects.filter(event=event).select_related("destination", "destination__lane_health", "project")
    sent = sorted((Outcome(d.destination, d) for d in made), key=lambda one: one.name)
    if Outbox.objects.filter(event_id=event.pk).exists():
        return sent  # the others are being asked
    verdict = Verdict.objects.filter(event_id=event.pk).first()
    refusals = verdict.refusals if verdict else {}
    served = {one.destination.pk for one in sent}
    others = event.project.destinations.exclude(pk__in=served).order_by("name")
    return sent + [_unsent(event, lane, refusals.get(str(lane.pk), "")) for lane in others]


def _unsent(event: Event, lane: Destination, refusal: str) -> Outcome:
    passes = wanting_of(lane).refuses(event) is None
    passes = passes and not (event.restrictions and reach_of(lane).refusal(event.restrictions))
    if refusal:
        return Outcome(lane, refusal=refusal, is_ruled=True, passes_now=passes and lane.enabled)
    words = MADE_LATER if lane.created_at > event.received_at else OFF_THEN
    return Outcome(lane, refusal=words, passes_now=passes and lane.enabled)
