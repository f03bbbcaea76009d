"""A filter rule by rule for one event: what each rule asks, what it saw, whether it passed. (pure)"""

from dataclasses import dataclass
from typing import Any

from destinations.conditions import Condition
from destinations.filter_patterns import Undecided
from destinations.filter_values import shortened
from destinations.filters import TELLING, Filter, Group

SHOWN_NAMES = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """`asks`: the rule in words. `saw`: the event's value as text; for a group, how many of its rules hold. `passed`:
    None where it cannot be decided, and `saw` says why. `wanted`: False where the rule stands in a group none of which
    may pass. `rules`: a group's own. `path`: a condition's property.
    """

    asks: str
    saw: str
    passed: bool | None
    wanted: bool = True
    rules: tuple["Rule", ...] = ()
    path: str = ""

    @property
    def fine(self) -> bool:
        """Whether the rule does what its group wants of it."""
        return self.passed is self.wanted


@dataclass(frozen=True, slots=True)
class Explanation:
    """`refusal`: as routing records it, None where the event passes. `rules`: every rule, also those after the one
    that decided; empty where the filter lets everything pass."""

    refusal: str | None
    rules: tuple[Rule, ...]

    @property
    def passed(self) -> bool:
        return self.refusal is None


def explain(compiled: Filter, topic: str, event_type: str, data: dict[str, Any]) -> Explanation:
    """`data`: an event's stored data or its full export shape."""
    rules = []
    if compiled.topics:
        rules.append(Rule(f"topic in list {_listed(compiled.topics)}", topic, topic in compiled.topics))
    if compiled.event_types:
        asks = f"event type in list {_listed(compiled.event_types)}"
        rules.append(Rule(asks, event_type, event_type in compiled.event_types))
    if compiled.group:
        rules += _flat(_group(compiled.group, data))
    return Explanation(compiled.refusal(topic, event_type, data), tuple(rules))


def _flat(group: Rule) -> tuple[Rule, ...]:
    """The rules of the outermost group where all must pass: they stand beside topics and types."""
    return group.rules if group.asks == TELLING["all"] else (group,)


def _rule(rule: Condition | Group, data: dict[str, Any], wanted: bool) -> Rule:
    return _group(rule, data, wanted) if isinstance(rule, Group) else _condition(rule, data, wanted)


def _group(group: Group, data: dict[str, Any], wanted: bool = True) -> Rule:
    rules = tuple(_rule(rule, data, group.match != "none") for rule in group.rules)
    passing = sum(rule.passed is True for rule in rules)
    return Rule(TELLING[group.match], f"{passing} of {len(rules)} hold", _passed(group, data), wanted, rules)


def _condition(condition: Condition, data: dict[str, Any], wanted: bool) -> Rule:
    try:
        passed, saw = condition.passes(data), condition.saw(data)
    except Undecided as error:
        passed, saw = None, str(error)
    return Rule(condition.words, saw, passed, wanted, path=condition.path)


def _passed(group: Group, data: dict[str, Any]) -> bool | None:
    try:
        return group.passes(data)
    except Undecided:
        return None


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(shortened(name, 60) for name in names[:SHOWN_NAMES]) + more
