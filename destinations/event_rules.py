"""Event transformations of a project: event types that get one name, a category, or go nowhere. (pure)

A rule is `{types: [name, …], to: name}` or `{types: [name, …], drop: true}`; with `category`, which may also stand
in the place of `to`, events say of what sort they are. A type stands in one rule only, and what a rule calls it is not
looked up again. Events are stored as they came; destinations see them so (sight.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from destinations.filter_values import shortened
from destinations.filters import Filter
from events.announced import ANNOUNCEMENTS
from events.checking import BadPart, Place

Rule = dict[str, Any]
Data = dict[str, Any]
Problems = list[tuple[Place, str]]

KEYS = ("types", "to", "category", "drop")
MOST_RULES = 1_000
MOST_TYPES = 1_000  # in one rule
MOST_CHARACTERS = 1_024
# What makes profiles and groups, and what the hub itself says, keep the names that dialects and filters know.
FIXED = ("$identify", "$groupidentify", *(one.event_type for one in ANNOUNCEMENTS.values()))
DROPPED = "dropped by the project: "
CATEGORY = "event_category"  # the field of an event that holds it
MOST_CATEGORY = 100  # characters


class BadRule(BadPart):
    """A rule that is refused."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How a destination sees events. `renamed`: from an event's type to its name; `dropped`: from a type to the rule
    in words; `categories`: from a type to its category."""

    renamed: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)

    def refusal(self, event_type: str) -> str:
        """Why events of a type are not sent, in words that follow "Not sent: "; "" where they are."""
        words = self.dropped.get(event_type)
        return f"{DROPPED}{words}" if words else ""

    def data(self, data: Data) -> Data:
        """An event's stored data as it is rendered."""
        event_type = data.get("event_type", "")  # no text where somebody typed an event to try things out
        changed = self._changed(event_type) if isinstance(event_type, str) else None
        return data | changed if changed else data

    def _changed(self, event_type: str) -> Data:
        """The fields that differ from what came in."""
        new, category = self.renamed.get(event_type), self.categories.get(event_type)
        return ({} if new is None else {"event_type": new}) | ({} if category is None else {CATEGORY: category})

    def message(self, message: Data) -> Data:
        """The message that an event came as: a track call names its event."""
        new = self.renamed.get(str(message.get("event"))) if message.get("type") == "track" else None
        return message if new is None else message | {"event": new}

    def types(self, counted: dict[str, int]) -> dict[str, int]:
        """Event types and their numbers, by the names that filters see."""
        found: dict[str, int] = {}
        for name, count in counted.items():
            if name not in self.dropped:
                seen = self.renamed.get(name, name)
                found[seen] = found.get(seen, 0) + count
        return dict(sorted(found.items(), key=lambda row: row[0].lower()))

    def guard(self, compiled: Filter) -> Filter:
        """The filter, asked for events as they came in."""
        if self == AS_IT_CAME:
            return compiled

        def refusal(topic: str, event_type: str, data: Data) -> str | None:
            if words := self.refusal(event_type):
                return words
            changed = self._changed(event_type)
            if not changed:
                return compiled.refusal(topic, event_type, data)
            return compiled.refusal(topic, changed.get("event_type", event_type), data | changed)

        return Filter(compiled.topics, compiled.event_types, compiled.group, compiled.needs_data, refusal)


AS_IT_CAME = Sight()


def compile_rules(rules: Iterable[Rule]) -> Sight:
    """`rules`: as `check_rule` returned them."""
    renamed: dict[str, str] = {}
    dropped: dict[str, str] = {}
    categories: dict[str, str] = {}
    for rule in rules:
        if "drop" in rule:
            dropped |= dict.fromkeys(rule["types"], in_words(rule))
        if "to" in rule:
            renamed |= dict.fromkeys(rule["types"], rule["to"])
        if "category" in rule:
            categories |= dict.fromkeys(rule["types"], rule["category"])
    return Sight(renamed, dropped, categories)


def in_words(rule: Rule) -> str:
    """About 200 characters at most."""
    types = [f"“{shortened(name, 40)}”" for name in rule["types"]]
    listed = ", ".join(types[:3]) + (f" and {len(types) - 3} more" if len(types) > 3 else "")
    if "drop" in rule:
        return f"{listed} dropped"
    named = f"{listed} → “{shortened(rule['to'], 40)}”" if "to" in rule else listed
    return f"{named} in {shortened(rule['category'], 40)}" if "category" in rule else named


def as_lines(rule: Rule) -> list[str]:
    """The whole rule, a line for each type: what differs between two of them is seen line by line."""
    becomes = "dropped" if "drop" in rule else f"→ {rule['to']}" if "to" in rule else ""
    sort = f"in {rule['category']}" if "category" in rule else ""
    return [" ".join(filter(None, (name, becomes, sort))) for name in rule["types"]]


def check_rule(given: Any, others: Iterable[Rule] = ()) -> Rule:
    """The rule as it is stored; `others`: the project's other rules. Raises BadRule."""
    if not isinstance(given, dict) or not set(given) <= set(KEYS):
        raise BadRule([((), "Write {types: [name, …], to: name, category: name}, or {types: [name, …], drop: true}.")])
    problems: Problems = []
    types = _checked_types(given.get("types"), others, problems)
    to, drop = given.get("to"), given.get("drop", False)
    category = _checked_category(given.get("category"), problems)
    if not isinstance(drop, bool):
        problems.append((("drop",), "Write true or false."))
    elif drop and (to or category):
        problems.append((("to",), "What is dropped has no name and no category. Leave out these, or “drop”."))
    elif not drop and (to or not category):
        to = _checked_name(to, types, problems)
    if problems:
        raise BadRule(problems)
    if drop:
        return {"types": types, "drop": True}
    return {"types": types} | ({"to": to} if to else {}) | ({"category": category} if category else {})


def _checked_types(types: Any, others: Iterable[Rule], problems: Problems) -> list[str]:
    if not isinstance(types, list) or not types or not all(isinstance(name, str) and name.strip() for name in types):
        problems.append((("types",), "Name at least one event type: [name, …]."))
        return []
    if len(types) > MOST_TYPES:
        problems.append((("types",), f"{len(types):,} types are named; at most {MOST_TYPES:,} are allowed."))
    taken = {name: rule for rule in others for name in rule["types"]}
    for name in types:
        if len(name) > MOST_CHARACTERS:
            problems.append((("types",), f"A name has more than {MOST_CHARACTERS:,} characters."))
        elif name in FIXED:
            problems.append((("types",), f"“{name}” keeps its name: it is the hub’s own."))
        elif name in taken:
            words = f"“{shortened(name, 60)}” stands in another rule: {in_words(taken[name])}. Change that one."
            problems.append((("types",), words))
    return list(dict.fromkeys(types))


def _checked_category(category: Any, problems: Problems) -> str:
    name = category.strip() if isinstance(category, str) else ""
    if category is not None and not isinstance(category, str):
        problems.append((("category",), "Write the category’s name."))
    elif len(name) > MOST_CATEGORY:
        problems.append(
            (("category",), f"The category has {len(name):,} characters; at most {MOST_CATEGORY} are allowed.")
        )
    return name


def _checked_name(to: Any, types: list[str], problems: Problems) -> str:
    name = to.strip() if isinstance(to, str) else ""
    if not name:
        problems.append((("to",), "Give them a name or a category, or drop them."))
    elif len(name) > MOST_CHARACTERS:
        problems.append((("to",), f"The name has {len(name):,} characters; at most {MOST_CHARACTERS:,} are allowed."))
    elif name in FIXED:
        problems.append((("to",), f"“{name}” is the hub’s own name. Choose another."))
    elif types == [name]:
        problems.append((("to",), "That is its name already."))
    return name
