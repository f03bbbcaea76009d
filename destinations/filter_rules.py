"""A filter as people give it -> as it is stored, or everything that is wrong with it and where. (pure)"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from destinations.conditions import OPERATORS, SYMBOLS, VERSIONS, Operator
from destinations.event_paths import path_problem
from destinations.filter_patterns import BadPattern, check_pattern
from destinations.filter_values import Scalar, bounds, plain, shortened, written
from events.announced import ANNOUNCED
from events.checking import Place

KEYS = ("topics", "event_types", "match", "conditions")
GROUP_KEYS = ("match", "conditions")
CONDITION_KEYS = ("property", "operator", "value")
MATCHES = ("all", "any", "none")
# What an event can be: Event.topic. What is announced is sent only where a filter names it.
TOPICS = (
    "event.track", "event.page", "event.identify", "event.group", "event.alias", "experiment.exposure", *ANNOUNCED,
)  # fmt: skip
USUAL_TOPICS = tuple(topic for topic in TOPICS if topic not in ANNOUNCED)

MOST_LEVELS = 5
MOST_CONDITIONS = 100
MOST_PATTERNS = 10
MOST_LISTED = 1_000
MOST_CHARACTERS = 1_024


class FilterProblem(NamedTuple):
    """`place`: the keys that lead from the filter to what is wrong: ("conditions", 2, "value")."""

    place: Place
    message: str


class BadFilter(ValueError):
    """A filter that is refused; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: list[FilterProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def check_filter(given: Any) -> dict[str, Any]:
    """The filter as it is stored; raises BadFilter. None and {} let every event pass."""
    checked = _Checked()
    rules = checked.filter(given)
    if checked.problems:
        raise BadFilter(checked.problems)
    return rules


class _Checked:
    def __init__(self) -> None:
        self.problems: list[FilterProblem] = []
        self.conditions = self.patterns = 0

    def problem(self, place: Place, message: str) -> None:
        self.problems.append(FilterProblem(place, message))

    def filter(self, given: Any) -> dict[str, Any]:
        if given is None:
            return {}
        if not isinstance(given, dict):
            self.problem(
                (), f"The filter is not a mapping. Write {{event_types: [name, …]}}. Known: {', '.join(KEYS)}."
            )
            return {}
        self._unknown_keys((), given, KEYS, "The filter")
        rules: dict[str, Any] = {}
        if given.get("topics") is not None:
            rules["topics"] = self._names("topics", given["topics"], "topics", TOPICS)
        if given.get("event_types") is not None:
            rules["event_types"] = self._names("event_types", given["event_types"], "event names")
        match = self._match((), given)
        if given.get("conditions") not in (None, []):
            rules |= {"match": match, "conditions": self._conditions((), given["conditions"], 1)}
        return rules

    def _unknown_keys(self, place: Place, given: dict[str, Any], known: tuple[str, ...], what: str) -> None:
        for key in given:
            if key not in known:
                self.problem((*place, key), f"{what} has an unknown key “{key}”. Known: {', '.join(known)}.")

    def _names(self, key: str, names: Any, what: str, known: tuple[str, ...] = ()) -> list[str]:
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            self.problem((key,), f"{key} is not a list of {what}. Write [name, …].")
            return []
        if not names:
            self.problem(
                (key,), f"{key} is empty, so nothing would be sent. Name one, or remove the filter to send all."
            )
        if len(names) > MOST_LISTED:
            self.problem((key,), f"{key} has {len(names):,} names; at most {MOST_LISTED:,} are allowed.")
        for number, name in enumerate(names):
            if known and name not in known:
                self.problem((key, number), f"“{shortened(name, 60)}” is not one of {', '.join(known)}.")
            elif len(name) > MOST_CHARACTERS:
                self.problem((key, number), f"The name has more than {MOST_CHARACTERS:,} characters.")
        return list(dict.fromkeys(names))

    def _match(self, place: Place, given: dict[str, Any]) -> str:
        match = given.get("match", "all")
        if match not in MATCHES:
            self.problem((*place, "match"), f"“{match}” is not one of {', '.join(MATCHES)}.")
        return str(match)

    def _conditions(self, place: Place, given: Any, level: int) -> list[dict[str, Any]]:
        place = (*place, "conditions")
        if not isinstance(given, list) or not all(isinstance(rule, dict) for rule in given):
            self.problem(place, "Write a list of {property, operator, value}.")
            return []
        if level > MOST_LEVELS:
            self.problem(place, f"Groups are more than {MOST_LEVELS} levels deep.")
            return []
        return [self._rule((*place, number), rule, level) for number, rule in enumerate(given)]

    def _rule(self, place: Place, rule: dict[str, Any], level: int) -> dict[str, Any]:
        if "conditions" not in rule and "match" not in rule:
            return self._condition(place, rule)
        self._unknown_keys(place, rule, GROUP_KEYS, "A group")
        if not rule.get("conditions"):
            self.problem(place, "The group has no conditions. Add one, or remove the group.")
            return {}
        match = self._match(place, rule)
        return {"match": match, "conditions": self._conditions(place, rule["conditions"], level + 1)}

    def _condition(self, place: Place, rule: dict[str, Any]) -> dict[str, Any]:
        self.conditions += 1
        if self.conditions == MOST_CONDITIONS + 1:
            self.problem(place, f"The filter has more than {MOST_CONDITIONS} conditions.")
        self._unknown_keys(place, rule, CONDITION_KEYS, "A condition")
        path, name = rule.get("property"), rule.get("operator")
        if wrong := path_problem(path):
            self.problem((*place, "property"), wrong)
        operator = OPERATORS.get(SYMBOLS.get(name, name)) if isinstance(name, str) else None
        if operator is None:
            told = f"“{shortened(str(name), 60)}” is no operator." if name else "The operator is missing."
            self.problem((*place, "operator"), f"{told} Known: {', '.join(OPERATORS)}.")
            return {}
        checked = {"property": path, "operator": operator.name}
        try:
            value = _VALUES[operator.takes](rule.get("value"), operator)
            if operator.takes == "pair":
                _check_pair(value, as_version=path in VERSIONS)
        except _BadValue as error:
            self.problem((*place, "value", *error.place), str(error))
            return {}
        if operator.takes == "pattern":
            self.patterns += 1
            if self.patterns == MOST_PATTERNS + 1:
                self.problem(place, f"The filter has more than {MOST_PATTERNS} regular expressions.")
        return checked if operator.takes == "nothing" else checked | {"value": value}


class _BadValue(ValueError):
    def __init__(self, message: str, *place: int) -> None:
        super().__init__(message)
        self.place = place


def _nothing(value: Any, operator: Operator) -> None:
    if value not in (None, "", []):
        raise _BadValue(f"“{operator.name}” takes no value. Remove it.")


def _scalar(value: Any, operator: Operator) -> Scalar:
    if isinstance(value, (list, dict)):
        other = {"is": "in list", "is not": "not in list"}.get(operator.name)
        raise _BadValue(f"“{operator.name}” takes one value." + (f" For several, use “{other}”." if other else ""))
    return plain(_single(value))


def _text(value: Any, operator: Operator) -> str:
    if isinstance(value, (list, dict)):
        raise _BadValue(f"“{operator.name}” takes one text.")
    text = written(_single(value))
    if not text:
        raise _BadValue(f"“{operator.name}” needs a text, and this one is empty.")
    return text


def _pattern(value: Any, operator: Operator) -> str:
    text = _text(value, operator)
    try:
        check_pattern(text)
    except BadPattern as error:
        raise _BadValue(str(error)) from None
    return text


def _orderly(value: Any, operator: Operator) -> Scalar:
    scalar = _scalar(value, operator)
    if isinstance(scalar, bool) or scalar == "":
        raise _BadValue(f"“{operator.name}” needs a number, a date or a text.")
    return scalar


def _list(value: Any, operator: Operator) -> list[Scalar]:
    if not isinstance(value, list) or not value:
        raise _BadValue(f"“{operator.name}” takes a list with at least one value. Write [value, …].")
    if len(value) > MOST_LISTED:
        raise _BadValue(f"The list has {len(value):,} values; at most {MOST_LISTED:,} are allowed.")
    scalars = (plain(_single(one, number)) for number, one in enumerate(value))
    return list({(type(scalar), scalar): scalar for scalar in scalars}.values())


def _pair(value: Any, operator: Operator) -> list[Scalar]:
    if not isinstance(value, list) or len(value) != 2:
        raise _BadValue(f"“{operator.name}” takes the lowest and the highest value. Write [lowest, highest].")
    return [_orderly(one, operator) for one in value]


def _check_pair(pair: list[Scalar], *, as_version: bool) -> None:
    """Two of a kind, the lower one first."""
    (kind, lowest, _), (other, _, highest) = (bounds(one, as_version=as_version) for one in pair)
    if kind is not other:
        raise _BadValue("The two values are of different kinds. Write two numbers, two dates or two texts.")
    if lowest > highest:
        raise _BadValue("The first value is the greater one, so nothing would pass. Write the lower one first.")


def _single(value: Any, *place: int) -> Scalar:
    if value is None:
        raise _BadValue("The value is missing. To ask whether there is one, use “is set” or “is not set”.", *place)
    if not isinstance(value, (str, int, float)) or (isinstance(value, float) and not math.isfinite(value)):
        raise _BadValue("Write a text, a number, true or false.", *place)
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        raise _BadValue(f"The value has {len(value):,} characters; at most {MOST_CHARACTERS:,} are allowed.", *place)
    return value


_VALUES: dict[str, Callable[[Any, Operator], Any]] = {
    "nothing": _nothing,
    "any": _scalar,
    "text": _text,
    "pattern": _pattern,
    "order": _orderly,
    "list": _list,
    "pair": _pair,
}
