"""Does this event pass, and if not, which rule said no? (pure; docs/filters.md is the language)"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from destinations.conditions import MOST_WORDS, Condition, compile_condition
from destinations.filter_patterns import Undecided
from destinations.filter_values import shortened
from events.announced import ANNOUNCED

Data = dict[str, Any]
Match = Literal["all", "any", "none"]
# From an event's topic, type and data to None where it passes, otherwise the rule that refused it, in words that
# follow "Not sent: ", 300 characters at most.
Refusal = Callable[[str, str, Data], str | None]

TELLING = {"all": "all of", "any": "any of", "none": "none of"}


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, any or none must pass. `passes` takes an event's data and raises Undecided."""

    match: Match
    rules: tuple["Condition | Group", ...]
    passes: Callable[[Data], bool]

    @property
    def words(self) -> str:
        return shortened(f"{TELLING[self.match]} ({'; '.join(rule.words for rule in self.rules)})", MOST_WORDS)

    def refusal(self, data: Data) -> str:
        """Why an event that fails did so: the first rule that decided it, or all that were left."""
        if self.match == "all":
            return next(rule.refusal(data) for rule in self.rules if not rule.passes(data))
        if self.match == "none":
            return next(rule.left_out(data) for rule in self.rules if rule.passes(data))
        if len(self.rules) == 1:
            return self.rules[0].refusal(data)
        reasons = "; ".join(rule.refusal(data) for rule in self.rules[:3])
        more = f"; and {len(self.rules) - 3} more" if len(self.rules) > 3 else ""
        return shortened(f"none of {len(self.rules)} alternatives holds: {reasons}", MOST_WORDS - len(more)) + more

    def left_out(self, data: Data) -> str:
        return shortened(f"left out by: {self.words}", MOST_WORDS)

    def conditions(self) -> Iterator[Condition]:
        for rule in self.rules:
            yield from rule.conditions() if isinstance(rule, Group) else (rule,)


@dataclass(frozen=True, slots=True)
class Filter:
    """A compiled filter. Without `needs_data`, {"event_type": …} is data enough."""

    topics: tuple[str, ...]
    event_types: tuple[str, ...]
    group: Group | None
    needs_data: bool
    refusal: Refusal

    def of_topic(self, topic: str) -> str | None:
        """The refusal that no change of the event's data can alter."""
        if self.topics:
            return None if topic in self.topics else self.refusal(topic, "", {})
        return self.refusal(topic, "", {}) if topic in ANNOUNCED else None


def compile_filter(rules: dict[str, Any]) -> Filter:
    """`rules`: a filter as `check_filter` returned it. Without a key, that key refuses nothing, but for what
    the hub itself announces."""
    topics, types = tuple(rules.get("topics", ())), tuple(rules.get("event_types", ()))
    group = _group(rules) if rules.get("conditions") else None
    needs_data = group is not None and any(condition.path != "event_type" for condition in group.conditions())
    return Filter(topics, types, group, needs_data, _refusal(topics, types, group))


def _refusal(topics: tuple[str, ...], types: tuple[str, ...], group: Group | None) -> Refusal:
    wanted_topics, wanted_types = frozenset(topics), frozenset(types)
    wrong_topic = shortened(f"topic is not {_listed(topics)}", MOST_WORDS)
    not_named = frozenset(ANNOUNCED) if not topics else frozenset[str]()
    wrong_type = shortened(f"event type is not {_listed(sorted(types))}", MOST_WORDS)

    def refusal(topic: str, event_type: str, data: Data) -> str | None:
        if wanted_topics and topic not in wanted_topics:
            return wrong_topic
        if topic in not_named:
            return f"topic {topic} is sent only where the filter names it"
        if wanted_types and event_type not in wanted_types:
            return wrong_type
        if group is None:
            return None
        try:
            return None if group.passes(data) else group.refusal(data)
        except Undecided as error:
            return str(error)

    return refusal


def _group(rules: dict[str, Any]) -> Group:
    match: Match = rules.get("match", "all")
    compiled = tuple(_group(rule) if "conditions" in rule else compile_condition(rule) for rule in rules["conditions"])
    return Group(match, compiled, _passing(match, tuple(rule.passes for rule in compiled)))


def _passing(match: Match, tests: tuple[Callable[[Data], bool], ...]) -> Callable[[Data], bool]:
    if len(tests) == 1 and match != "none":
        return tests[0]

    def every(data: Data) -> bool:
        for passes in tests:  # noqa: SIM110 - three times as fast as all() over a generator
            if not passes(data):
                return False
        return True

    def some(data: Data) -> bool:
        for passes in tests:  # noqa: SIM110
            if passes(data):
                return True
        return False

    def nothing(data: Data) -> bool:
        return not some(data)

    return {"all": every, "any": some, "none": nothing}[match]


def _listed(names: list[str] | tuple[str, ...]) -> str:
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"one of {shown}"
