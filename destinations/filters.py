"""Does this event pass, and if not, which rule said no? (pure)"""

from collections.abc import Callable
from typing import Any

# None: the event passes. Otherwise the rule that refused it, in words that follow "Not sent: ".
Filter = Callable[[str], str | None]


class BadFilter(ValueError):
    """A filter that is refused; the message says what is wrong and what to do."""


def compile_filter(rules: dict[str, Any]) -> Filter:
    """A function from an event's type to None or the refusing rule.

    `rules`: {"event_types": [name, ...]}; without the key every type passes.
    """
    if "event_types" not in rules:
        return lambda event_type: None
    wanted = frozenset(rules["event_types"])
    refusal = f"event type is not {_listed(sorted(wanted))}"
    return lambda event_type: None if event_type in wanted else refusal


def check_filter(rules: Any) -> dict[str, Any]:
    """The filter as it is stored; raises BadFilter."""
    if rules in (None, {}):
        return {}
    if not isinstance(rules, dict):
        raise BadFilter("The filter is not a mapping. Write {event_types: [name, ...]}.")
    unknown = sorted(set(rules) - {"event_types"})
    if unknown:
        raise BadFilter(f"The filter has an unknown key “{unknown[0]}”. Known: event_types.")
    types = rules["event_types"]
    if not isinstance(types, list) or not all(isinstance(name, str) and name.strip() for name in types):
        raise BadFilter("event_types is not a list of event names. Write [name, ...].")
    if not types:
        raise BadFilter(
            "event_types is empty, so nothing would be sent. Name a type, or remove the filter to send all."
        )
    return {"event_types": list(dict.fromkeys(types))}


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"one of {shown}"
