"""One condition of a filter: a property of the event, an operator, a value. (pure)

Each operator is a test of one value. A list passes if one of its elements does; the negative operators pass exactly
where their positive ones do not, so also where there is no value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from destinations.event_paths import Reader, reader, short_name
from destinations.filter_patterns import Undecided, finder
from destinations.filter_values import Scalar, bounds, moment_in, period_in, shortened, shown, written

Test = Callable[[Any], bool]
# "nothing": no value. "any", "text", "order", "pattern": one value. "list": several. "pair": a lower and an upper one.
Takes = Literal["nothing", "any", "text", "order", "pattern", "list", "pair"]

MOST_WORDS = 300  # characters of a refusal
VERSIONS = frozenset({"version_name", "start_version", "os_version"})


@dataclass(frozen=True, slots=True)
class Operator:
    """`make`: from the rule's value to the test of one value of the event. `phrase`: the rule after "not" or "must
    not", {} being the value; empty where "is not set" says it all. `symbol`: another way to write the name."""

    name: str
    takes: Takes
    make: Callable[..., Test]
    phrase: str
    symbol: str = ""
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. `passes` takes an event's data and raises Undecided."""

    path: str
    operator: Operator
    value: Any
    read: Reader
    passes: Callable[[dict[str, Any]], bool]

    @property
    def words(self) -> str:
        """The rule: "plan in list pro, team"."""
        value = _listed(self.value, self.operator)
        return shortened(f"{short_name(self.path)} {self.operator.name} {value}".rstrip(), MOST_WORDS)

    def refusal(self, data: dict[str, Any]) -> str:
        """Why an event that fails did so: "plan is “free”, not one of pro, team"."""
        start, operator = f"{short_name(self.path)} is {self.saw(data)}", self.operator
        phrase = operator.phrase.replace("{}", _listed(self.value, operator))
        if operator.negative:
            start += f", and must not {phrase}"
        elif phrase:
            start += f", {'so ' if is_missing(self.read(data)) else ''}not {phrase}"
        return shortened(start, MOST_WORDS)

    def left_out(self, data: dict[str, Any]) -> str:
        """Why an event that passes is refused where none may: "plan is “free”, left out by: plan is free"."""
        words = f"{short_name(self.path)} is {self.saw(data)}, left out by: {self.words}"
        return shortened(words, MOST_WORDS)

    def saw(self, data: dict[str, Any]) -> str:
        """The event's value as sentences quote it: "“free”", "not set"."""
        value = self.read(data)
        return "not set" if is_missing(value) else shown(value)


def compile_condition(rule: dict[str, Any]) -> Condition:
    """`rule`: a checked condition, {"property", "operator", "value"}."""
    path, operator, value = rule["property"], OPERATORS[rule["operator"]], rule.get("value")
    read = reader(path)
    as_version = path in VERSIONS and operator.takes in ("order", "pair")
    test = operator.make(value, as_version=True) if as_version else operator.make(value)
    passes = _passing(read, test, not operator.negative)
    return Condition(path, operator, value, read, _naming(path, passes) if operator.takes == "pattern" else passes)


def is_missing(value: Any) -> bool:
    """Not there, null, or empty as a list or an object. An empty text is a value."""
    return value is None or value == [] or value == {}


def _passing(read: Reader, test: Test, wanted: bool) -> Callable[[dict[str, Any]], bool]:
    def passes(data: dict[str, Any]) -> bool:
        value = read(data)
        if type(value) is list:
            return any(map(test, value)) is wanted
        return (value is not None and test(value)) is wanted

    return passes


def _naming(path: str, passes: Callable[[dict[str, Any]], bool]) -> Callable[[dict[str, Any]], bool]:
    def named(data: dict[str, Any]) -> bool:
        try:
            return passes(data)
        except Undecided as error:
            raise Undecided(f"{shortened(short_name(path), 100)} cannot be compared: {error}") from None

    return named


def _same(rule: Scalar) -> Test:
    if isinstance(rule, bool):
        word = "true" if rule else "false"
        return lambda value: value is rule or (type(value) is str and value.lower() == word)
    if isinstance(rule, (int, float)):
        text = written(rule)
        return lambda value: value == text if type(value) is str else value == rule and type(value) is not bool
    period = period_in(rule)
    if period is None:
        return lambda value: value == rule
    return lambda value: value == rule or (type(value) is str and _within(value, *period))


def _within(text: str, first: Any, last: Any) -> bool:
    moment = moment_in(text)
    return moment is not None and first <= moment <= last


def _one_of(rules: list[Scalar]) -> Test:
    texts = frozenset(written(rule) for rule in rules if not isinstance(rule, bool))
    numbers = frozenset(rule for rule in rules if type(rule) in (int, float))
    others = [_same(rule) for rule in rules if isinstance(rule, bool) or period_in(rule) is not None]

    def test(value: Any) -> bool:
        kind = type(value)
        if kind is str and value in texts:
            return True
        if (kind is int or kind is float) and value in numbers:
            return True
        return any(other(value) for other in others)

    return test


def _in_text(compare: Callable[[str, str], bool]) -> Callable[[str], Test]:
    """Tests of texts; a number, true and false are taken as they are written."""

    def make(rule: str) -> Test:
        def test(value: Any) -> bool:
            if type(value) is str:
                return compare(value, rule)
            return isinstance(value, (int, float)) and compare(written(value), rule)

        return test

    return make


def _matching(rule: str) -> Test:
    found = finder(rule)
    return _in_text(lambda text, _: found(text))(rule)


def _ordered(compare: Callable[[Any, Any, Any], bool]) -> Callable[..., Test]:
    """`compare` takes what is compared and the first and the last that the rule's value stands for."""

    def make(rule: Scalar, as_version: bool = False) -> Test:
        key, first, last = bounds(rule, as_version=as_version)

        def test(value: Any) -> bool:
            found = key(value)
            return found is not None and compare(found, first, last)

        return test

    return make


def _between(rules: list[Scalar], as_version: bool = False) -> Test:
    above, below = OPERATORS["at least"].make(rules[0], as_version), OPERATORS["at most"].make(rules[1], as_version)
    return lambda value: above(value) and below(value)


def _set(_: None) -> Test:
    return lambda value: value is not None and value != {}


def _listed(value: Any, operator: Operator) -> str:
    if operator.takes == "nothing":
        return ""
    if operator.takes == "pair":
        return " and ".join(shortened(written(one), 40) for one in value)
    if operator.takes in ("text", "pattern"):
        return shown(value)
    several = value if isinstance(value, list) else [value]
    listed = ", ".join(shortened(written(one), 40) or "“”" for one in several[:5])
    return listed + (f" and {len(several) - 5} more" if len(several) > 5 else "")


OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("is", "any", _same, "{}", "="),
        Operator("is not", "any", _same, "be {}", "!=", negative=True),
        Operator("contains", "text", _in_text(lambda text, part: part in text), "containing {}"),
        Operator("does not contain", "text", _in_text(lambda text, part: part in text), "contain {}", negative=True),
        Operator("starts with", "text", _in_text(str.startswith), "starting with {}"),
        Operator("ends with", "text", _in_text(str.endswith), "ending with {}"),
        Operator("matches", "pattern", _matching, "matching {}"),
        Operator("greater than", "order", _ordered(lambda found, first, last: found > last), "greater than {}", ">"),
        Operator("at least", "order", _ordered(lambda found, first, last: found >= first), "at least {}", ">="),
        Operator("less than", "order", _ordered(lambda found, first, last: found < first), "less than {}", "<"),
        Operator("at most", "order", _ordered(lambda found, first, last: found <= last), "at most {}", "<="),
        Operator("between", "pair", _between, "between {}"),
        Operator("is set", "nothing", _set, ""),
        Operator("is not set", "nothing", _set, "be set", negative=True),
        Operator("in list", "list", _one_of, "one of {}", "in"),
        Operator("not in list", "list", _one_of, "be one of {}", "not in", negative=True),
    )
}
SYMBOLS = {operator.symbol: operator.name for operator in OPERATORS.values() if operator.symbol}
