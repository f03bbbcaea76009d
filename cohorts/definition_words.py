"""A stored definition as people read it. (pure)"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cohorts.definition import ANY_EVENT, Definition
from destinations.conditions import compile_condition

MATCHES = {"all": "All of", "any": "At least one of", "none": "None of"}


@dataclass(frozen=True, slots=True)
class Said:
    """One condition, or with `parts` what holds them together."""

    text: str
    parts: list["Said"] = field(default_factory=list)


def in_words(definition: Definition, names: Mapping[str, str]) -> Said:
    """`names`: of other cohorts, by public id. A group of one is that one."""
    return _group(definition, names)


def _group(group: dict[str, Any], names: Mapping[str, str]) -> Said:
    parts = [_rule(rule, names) for rule in group.get("conditions", ())]
    if len(parts) == 1 and group.get("match") != "none":
        return parts[0]
    return Said(MATCHES[group.get("match", "all")], parts)


def _rule(rule: dict[str, Any], names: Mapping[str, str]) -> Said:
    if "property" in rule:
        return Said(compile_condition(rule).words)
    if "did" in rule or "did_not" in rule:
        return _behaviour(rule)
    for key, words in (("in_cohort", "is in the cohort"), ("not_in_cohort", "is not in the cohort")):
        if key in rule:
            return Said(f"{words} “{names.get(rule[key], rule[key])}”")
    return _group(rule, names)


def _behaviour(rule: dict[str, Any]) -> Said:
    name = rule.get("did", rule.get("did_not"))
    event = "any event" if name == ANY_EVENT else str(name)
    words = f"did not do {event}" if "did_not" in rule else f"did {event}{_often(rule)}"
    words += _when(rule)
    conditions = [Said(compile_condition(one).words) for one in rule.get("conditions", ())]
    if not conditions:
        return Said(words)
    every = "all of" if rule.get("match", "all") == "all" else "at least one of"
    return Said(f"{words}, where {every}" if len(conditions) > 1 else f"{words}, where", conditions)


def _often(rule: dict[str, Any]) -> str:
    times, count = rule.get("times", "at least"), rule.get("count", 1)
    if (times, count) == ("at least", 1):
        return ""
    return f" {times} {count:,} time{'' if count == 1 else 's'}"


def _when(rule: dict[str, Any]) -> str:
    if days := rule.get("within_days"):
        return " today" if days == 1 else f" within the last {days:,} days"
    first, last = rule.get("from"), rule.get("to")
    if first and last:
        return f" from {first} to {last}"
    return f" since {first}" if first else f" until {last}" if last else ""
