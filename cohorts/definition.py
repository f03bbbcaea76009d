"""A cohort's definition as people give it -> as it is stored, or everything that is wrong with it and where. (pure)

{match: all, conditions: [
    {property: user_properties.plan, operator: in list, value: [pro, team]},
    {did: Order Completed, times: at least, count: 3, within_days: 30,
     match: all, conditions: [{property: event_properties.total, operator: ">", value: 50}]},
    {did_not: Subscription Cancelled, from: 2026-01-01, to: 2026-06-30},
    {in_cohort: k3x9mfp2}, {not_in_cohort: …},
    {match: any, conditions: […]}]}
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from destinations.filter_rules import MATCHES, BadFilter, check_filter
from destinations.filter_values import shortened
from events.checking import BadPart, Place

Definition = dict[str, Any]
# From a cohort as a definition names it (public id or name) to its public id; None where there is none.
Finder = Callable[[str], str | None]

TIMES = ("at least", "at most", "exactly")
ANY_EVENT = "*"
MOST_DAYS = 366 * 3
MOST_COUNT = 1_000_000
MOST_CONDITIONS = 50
MOST_LEVELS = 4
MOST_NAME = 1_024

_BEHAVIOUR = ("times", "count", "within_days", "from", "to", "match", "conditions")
_KINDS = {
    "property": ("property", "operator", "value"),
    "did": ("did", *_BEHAVIOUR),
    "did_not": ("did_not", *_BEHAVIOUR),
    "in_cohort": ("in_cohort",),
    "not_in_cohort": ("not_in_cohort",),
}


class BadDefinition(BadPart):
    """A definition that is refused."""


def check_definition(given: Any, find_cohort: Finder = lambda name: name) -> Definition:
    """The definition as it is stored; raises BadDefinition."""
    checked = _Checked(find_cohort)
    definition = checked.group((), given, 1)
    if checked.problems:
        raise BadDefinition(checked.problems)
    return definition


def cohorts_in(definition: Definition) -> set[str]:
    """The public ids of the cohorts that a stored definition is built on."""
    return {rule[key] for rule in rules(definition) for key in ("in_cohort", "not_in_cohort") if key in rule}


def rules(definition: Definition) -> Iterator[dict[str, Any]]:
    """Every condition, those of groups included; not those within a behaviour."""
    for rule in definition.get("conditions", ()):
        if _kind(rule) is None:
            yield from rules(rule)
        else:
            yield rule


def _kind(rule: dict[str, Any]) -> str | None:
    return next((kind for kind in _KINDS if kind in rule), None)


class _Checked:
    def __init__(self, find_cohort: Finder) -> None:
        self.find_cohort = find_cohort
        self.problems: list[tuple[Place, str]] = []
        self.count = 0

    def problem(self, place: Place, message: str) -> None:
        self.problems.append((place, message))

    def group(self, place: Place, given: Any, level: int) -> Definition:
        if not isinstance(given, dict):
            self.problem(place, "The definition is not a mapping. Write {match: all, conditions: [...]}.")
            return {}
        self._unknown_keys(place, given, ("match", "conditions"))
        match = given.get("match", "all")
        if match not in MATCHES:
            self.problem((*place, "match"), f"“{match}” is not one of {', '.join(MATCHES)}.")
        conditions = given.get("conditions")
        if not isinstance(conditions, list) or not conditions or not all(isinstance(rule, dict) for rule in conditions):
            self.problem((*place, "conditions"), "Add a condition: a cohort needs at least one.")
            return {}
        if level > MOST_LEVELS:
            self.problem(place, f"Groups are more than {MOST_LEVELS} levels deep.")
            return {}
        numbered = enumerate(conditions)
        return {
            "match": match,
            "conditions": [self._rule((*place, "conditions", number), rule, level) for number, rule in numbered],
        }

    def _rule(self, place: Place, rule: dict[str, Any], level: int) -> dict[str, Any]:
        kind = _kind(rule)
        if kind is None:
            return self.group(place, rule, level + 1)
        self.count += 1
        if self.count == MOST_CONDITIONS + 1:
            self.problem(place, f"The definition has more than {MOST_CONDITIONS} conditions.")
        self._unknown_keys(place, rule, _KINDS[kind])
        if kind == "property":
            return self._condition(place, rule, _of_profile)
        if kind in ("did", "did_not"):
            return self._behaviour(place, rule, kind)
        return self._cohort(place, rule, kind)

    def _unknown_keys(self, place: Place, given: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.problem((*place, key), f"Unknown key “{shortened(str(key), 60)}”. Known: {', '.join(known)}.")

    def _condition(self, place: Place, rule: dict[str, Any], wrong: Callable[[str], str | None]) -> dict[str, Any]:
        try:
            checked: dict[str, Any] = check_filter({"conditions": [rule]})["conditions"][0]
        except BadFilter as error:
            for problem in error.problems:
                self.problem((*place, *problem.place[2:]), problem.message)
            return {}
        if why := wrong(checked["property"]) or _unspeakable(checked["property"]):
            self.problem((*place, "property"), why)
        return checked

    def _behaviour(self, place: Place, rule: dict[str, Any], kind: str) -> dict[str, Any]:
        name = rule[kind]
        if not isinstance(name, str) or not name.strip() or len(name) > MOST_NAME:
            self.problem((*place, kind), f"Name an event type, or {ANY_EVENT} for any event.")
        checked: dict[str, Any] = {kind: name}
        if kind == "did":
            checked |= self._times(place, rule)
        elif rule.get("times") is not None or rule.get("count") is not None:
            self.problem(place, "“did_not” counts nothing. To allow a few, write did with times: at most.")
        checked |= self._window(place, rule)
        if rule.get("conditions"):
            checked |= self._event_conditions(place, rule)
        return checked

    def _times(self, place: Place, rule: dict[str, Any]) -> dict[str, Any]:
        times, count = rule.get("times", "at least"), rule.get("count", 1)
        if times not in TIMES:
            self.problem((*place, "times"), f"“{times}” is not one of {', '.join(TIMES)}.")
        least = 1 if times == "at least" else 0
        if isinstance(count, bool) or not isinstance(count, int) or not least <= count <= MOST_COUNT:
            self.problem((*place, "count"), f"Write a whole number from {least} to {MOST_COUNT:,}.")
        return {"times": times, "count": count}

    def _window(self, place: Place, rule: dict[str, Any]) -> dict[str, Any]:
        days, start, end = rule.get("within_days"), rule.get("from"), rule.get("to")
        if days is not None:
            if start is not None or end is not None:
                self.problem(place, "Write within_days, or from and to; not both.")
            if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
                self.problem((*place, "within_days"), f"Write a whole number of days from 1 to {MOST_DAYS:,}.")
            return {"within_days": days}
        dates = {key: self._date((*place, key), value) for key, value in (("from", start), ("to", end)) if value}
        if len(dates) == 2 and None not in dates.values() and dates["from"] > dates["to"]:  # type: ignore[operator]
            self.problem((*place, "to"), "The end lies before the start.")
        return dates

    def _date(self, place: Place, value: Any) -> str | None:
        try:
            return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()[:10]
        except (TypeError, ValueError):
            self.problem(place, "Write a date such as 2026-01-31.")
            return None

    def _event_conditions(self, place: Place, rule: dict[str, Any]) -> dict[str, Any]:
        match, given = rule.get("match", "all"), rule["conditions"]
        if match not in ("all", "any"):
            self.problem((*place, "match"), "Write all or any.")
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given) or len(given) > 20:
            self.problem((*place, "conditions"), "Write a list of at most 20 {property, operator, value}.")
            return {}
        conditions = [
            self._condition((*place, "conditions", number), one, _of_event) for number, one in enumerate(given)
        ]
        return {"match": match, "conditions": conditions}

    def _cohort(self, place: Place, rule: dict[str, Any], kind: str) -> dict[str, Any]:
        named = rule[kind]
        found = self.find_cohort(named) if isinstance(named, str) else None
        if found is None:
            self.problem((*place, kind), f"There is no cohort “{shortened(str(named), 60)}” in this project.")
        return {kind: found}


def _of_profile(path: str) -> str | None:
    if path.startswith(("user_properties.", "groups.")):
        return None
    return "Only what is known of a user can be asked here: user_properties.NAME or groups.TYPE."


def _of_event(path: str) -> str | None:
    return "A group's properties cannot be asked here." if path.startswith("group_properties.") else None


def _unspeakable(path: str) -> str | None:
    return "A property whose name has quotes or backslashes cannot be asked." if set('"\\') & set(path) else None


def period(rule: dict[str, Any], today: date) -> tuple[date | None, date | None]:
    """The first and the last day that a behaviour looks at; `within_days` counts back from today, today included."""
    if days := rule.get("within_days"):
        return today - timedelta(days=days - 1), None
    first, last = rule.get("from"), rule.get("to")
    return first and date.fromisoformat(first), last and date.fromisoformat(last)
