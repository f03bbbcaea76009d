"""Why one event passes a destination's filter or not, as it is routed: behind all transformations."""

from dataclasses import replace

from destinations.event_rules import Sight
from destinations.filter_explanation import Explanation, explain
from destinations.filters import Filter
from destinations.models import Destination
from destinations.reach import reach_of
from destinations.transformations.wanting import Wanting, wanting_of
from events.models import Event


def explain_event(destination: Destination, event: Event, drafted: Filter, sight: Sight) -> Explanation:
    """`drafted`: a filter that may not be saved yet; `sight`: how the destination sees events."""
    if dropped := sight.refusal(event.event_type):
        return Explanation(dropped, ())
    seen = wanting_with(destination, drafted, sight).first_seen(event)
    return explain(drafted, event.topic, str(seen.get("event_type", event.event_type)), seen)


def withheld_because(destination: Destination, event: Event) -> str | None:
    """What keeps the event back whatever the filter says: its sender's wishes, its user's consents."""
    return reach_of(destination).refusal(event.restrictions) if event.restrictions else None


def wanting_with(destination: Destination, drafted: Filter, sight: Sight) -> Wanting:
    """The filter behind the stored transformation."""
    return replace(wanting_of(destination), filter=sight.guard(drafted), plain=drafted, sight=sight)
