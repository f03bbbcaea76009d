"""What became of events at their destinations, a dot each: for lists, in three queries whatever their length."""

from collections.abc import Sequence
from typing import NamedTuple

from delivery.models import Delivery, State, Verdict
from destinations.models import Destination
from events.models import Event

# State -> (tone, word); a refused event has neither.
STATES = {
    State.QUEUED: ("info", "queued"),
    State.RETRYING: ("warn", "retrying"),
    State.DELIVERED: ("ok", "delivered"),
    State.FAILED: ("bad", "failed"),
    State.EXPIRED: ("bad", "gave up"),
    State.CANCELLED: ("off", "cancelled"),
}
REFUSED = ("none", "not wanted")
UNDER_WAY = ("info", "warn")  # tones of what will still change


class Dot(NamedTuple):
    """`words`: "Orders to CRM: delivered"."""

    tone: str
    words: str


def dots_of(events: Sequence[Event]) -> dict[int, list[Dot]]:
    """Event id -> its dots, by the destinations' names; empty where none was to get it."""
    ids = [event.pk for event in events]
    found: dict[int, dict[int, tuple[str, str]]] = {pk: {} for pk in ids}
    for event, refusals in Verdict.objects.filter(event_id__in=ids).values_list("event_id", "refusals"):
        found[event].update(dict.fromkeys(map(int, refusals), REFUSED))
    made = Delivery.objects.filter(event__in=ids).order_by("pk").values_list("event_id", "destination_id", "state")
    for event, destination, state in made:
        found[event][destination] = STATES[State(state)]
    names = dict(Destination.objects.filter(project__in={e.project_id for e in events}).values_list("pk", "name"))
    return {event: _named(outcomes, names) for event, outcomes in found.items()}


def _named(outcomes: dict[int, tuple[str, str]], names: dict[int, str]) -> list[Dot]:
    shown = sorted((names[pk], tone, word) for pk, (tone, word) in outcomes.items() if pk in names)
    return [Dot(tone, f"{name}: {word}") for name, tone, word in shown]
