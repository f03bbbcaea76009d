"""What event transformations, one perhaps a draft, do to a project's last 24 hours and to its destinations."""

from dataclasses import dataclass

from destinations.event_rules import Rule
from destinations.filter_effect import Effect, effect
from destinations.filters import compile_filter
from destinations.models import Destination
from events.models import Project


@dataclass(frozen=True, slots=True)
class Waiting:
    """A destination whose filter names types that a rule takes away: events of these would not pass any more."""

    destination: Destination
    types: list[str]


def lately(project: Project) -> Effect:
    """How many events of each type came in."""
    return effect(project, compile_filter({}))


def touched(rule: Rule, seen: Effect) -> dict[str, int]:
    """Of the rule's types, how many events each had, in the rule's order."""
    counts = {one.event_type: one.events for one in seen.types}
    return {name: counts.get(name, 0) for name in rule["types"]}


def seeing(project: Project) -> list[Destination]:
    """The destinations that see events transformed."""
    return list(project.destinations.filter(raw_events=False).order_by("name"))


def waiting_for(rule: Rule, destinations: list[Destination]) -> list[Waiting]:
    """Of those, whose filter goes on asking for names that no event will have."""
    gone = set(rule["types"]) - {rule.get("to")} if "to" in rule or "drop" in rule else set()
    found = ((one, [name for name in one.filter.get("event_types", ()) if name in gone]) for one in destinations)
    return [Waiting(one, names) for one, names in found if names]
