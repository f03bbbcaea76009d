"""One condition over a JSON column as SQL, the same test that `destinations.conditions` makes of a value. (pure)

Each operator is a test of one value; a list passes if one of its elements does, and the negative operators pass
exactly where their positive ones do not. Values are parameters, never text of the statement.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from destinations.conditions import OPERATORS, VERSIONS
from destinations.filter_values import Scalar, period_in, written

DIGITS = 20  # of a run of digits, where texts are put in order
_DIGIT_RUN = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement and its parameters."""

    text: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a JSON column and the keys that lead to it."""

    column: str
    keys: tuple[str, ...]


def join(word: str, parts: Sequence[Sql]) -> Sql:
    return Sql("(" + f" {word} ".join(p.text for p in parts) + ")", tuple(x for p in parts for x in p.parameters))


def negated(part: Sql) -> Sql:
    return Sql(f"(NOT {part.text})", part.parameters)


def natural_key(text: str | None) -> str | None:
    """A text as it is ordered: its digits as numbers (2.9 before 2.10), and before them what is lower than any letter.

    SQLite calls it by the name `natural_key`.
    """
    if not isinstance(text, str):
        return None
    return _DIGIT_RUN.sub(lambda run: "\x01" + run[0].rjust(DIGITS, "0")[-DIGITS:], text[:400])


def of_64_bits(number: int | float) -> int | float:
    """SQLite has no larger whole numbers: those are floats to it, in what it stores as well."""
    if -(2**63) <= number < 2**63:
        return number
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


class Dialect(ABC):
    """How one database reads JSON. `T` and `V` in a test stand for the value's type and its text."""

    # JSON's types as this database calls them.
    number: str
    text: str
    true_false: str

    def condition(self, place: Place, operator: str, value: Any, *, name: str = "") -> Sql:
        """`name`: the property's, because versions are compared as such."""
        known = OPERATORS[operator]
        as_version = name in VERSIONS and known.takes in ("order", "pair")
        test = self._test(operator, value, as_version)
        passes = self.any_value(place, test)
        return negated(passes) if known.negative else passes

    def _test(self, operator: str, value: Any, as_version: bool) -> Sql:
        match operator:
            case "is" | "is not":
                return self._same(value)
            case "in list" | "not in list":
                return join("OR", [self._same(one) for one in value])
            case "contains" | "does not contain":
                return self._in_text(f"{self.position} > 0", value)
            case "starts with":
                return self._in_text(f"substr({self.plain_text}, 1, {len(value)}) = %s", value)
            case "ends with":
                return self._in_text(self.ending.format(length=len(value)), value)
            case "matches":
                return self._in_text(self.matching, value)
            case "greater than" | "at least" | "less than" | "at most":
                return self._ordered(operator, value, as_version)
            case "between":
                lowest, highest = value
                lower = self._ordered("at least", lowest, as_version)
                return join("AND", [lower, self._ordered("at most", highest, as_version)])
            case "is set" | "is not set":
                return Sql(self.holds_something)
        raise AssertionError(operator)

    def _same(self, rule: Scalar) -> Sql:
        if isinstance(rule, bool):
            word = "true" if rule else "false"
            return Sql(
                f"(CASE T WHEN '{self.true_false}' THEN {self.truth} = %s WHEN '{self.text}' THEN lower(V) = %s END)",
                (word, word),
            )
        if isinstance(rule, (int, float)):
            return Sql(
                f"(CASE T WHEN '{self.number}' THEN {self.to_number} = %s WHEN '{self.text}' THEN V = %s END)",
                (self.number_parameter(rule), written(rule)),
            )
        equal = Sql(f"(T = '{self.text}' AND V = %s)", (rule,))
        period = period_in(rule)
        if period is None:
            return equal
        within = Sql(
            f"(T = '{self.text}' AND {self.moment} BETWEEN %s AND %s)", tuple(map(self.moment_parameter, period))
        )
        return join("OR", [equal, within])

    def _in_text(self, test: str, value: str) -> Sql:
        return Sql(f"(T IN ('{self.text}', '{self.number}', '{self.true_false}') AND {test})", (value,))

    def _ordered(self, operator: str, value: Scalar, as_version: bool) -> Sql:
        sign = {"greater than": ">", "at least": ">=", "less than": "<", "at most": "<="}[operator]
        if not as_version and isinstance(value, (int, float)):
            return Sql(f"({self.any_number} {sign} %s)", (self.number_parameter(value),))
        period = None if as_version else period_in(value)
        if period is not None:
            # A date is its whole day: after it, from its start, before it, up to its end.
            bound = period[1] if operator in ("greater than", "at most") else period[0]
            return Sql(f"(T = '{self.text}' AND {self.moment} {sign} %s)", (self.moment_parameter(bound),))
        key = natural_key(written(value))
        return Sql(f"(T IN ('{self.text}', '{self.number}') AND {self.natural} {sign} %s)", (key,))

    position: str
    plain_text: str
    ending: str
    matching: str
    holds_something: str
    truth: str
    to_number: str
    any_number: str
    moment: str
    natural: str

    @abstractmethod
    def any_value(self, place: Place, test: Sql) -> Sql:
        """True where the value, or one element of the list, passes; false where there is none. Never null."""

    @abstractmethod
    def number_parameter(self, value: int | float) -> Any: ...

    @abstractmethod
    def moment_parameter(self, moment: datetime) -> Any: ...


class PostgreSQL(Dialect):
    number, text, true_false = "number", "string", "boolean"
    _written = "(CASE T WHEN 'number' THEN trim_scale(V::numeric)::text ELSE V END)"
    plain_text = _written
    position = f"strpos({_written}, %s)"
    ending = f"right({_written}, {{length}}) = %s"
    matching = f"{_written} ~ %s"
    holds_something = "(T <> 'null' AND V <> '{}')"
    truth = "V"
    to_number = "V::numeric"
    any_number = (
        "(CASE T WHEN 'number' THEN V::numeric WHEN 'string' THEN "
        "CASE WHEN V ~ '^\\s*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,2})?\\s*$' THEN V::numeric END END)"
    )
    moment = "streamhub_moment(V)"
    natural = (
        "(regexp_replace(regexp_replace(left(" + _written + ", 400), '(\\d+)', repeat('0', 20) || '\\1', 'g'), "
        "'\\d*(\\d{20})(?!\\d)', chr(1) || '\\1', 'g') COLLATE \"C\")"
    )

    def any_value(self, place: Place, test: Sql) -> Sql:
        value = "".join([place.column, *(" -> %s" for _ in place.keys)])
        filled = _filled(test.text, "json_typeof(e.v)", "(e.v #>> '{}')")
        elements = "json_array_elements(CASE json_typeof(x.v) WHEN 'array' THEN x.v ELSE json_build_array(x.v) END)"
        text = f"EXISTS (SELECT 1 FROM (SELECT {value} AS v) AS x, {elements} AS e(v) WHERE {filled})"
        return Sql(text, (*place.keys, *test.parameters))

    def number_parameter(self, value: int | float) -> Any:
        return Decimal(repr(value))

    def moment_parameter(self, moment: datetime) -> Any:
        return moment


class SQLite(Dialect):
    number, text, true_false = "number", "text", "boolean"
    _written = (
        "(CASE T WHEN 'number' THEN CASE WHEN V = CAST(V AS INTEGER) THEN CAST(CAST(V AS INTEGER) AS TEXT) "
        "ELSE CAST(V AS TEXT) END WHEN 'boolean' THEN CASE V WHEN 1 THEN 'true' ELSE 'false' END ELSE V END)"
    )
    plain_text = _written
    position = f"instr({_written}, %s)"
    ending = f"substr({_written}, -{{length}}) = %s"
    matching = f"pattern_found({_written}, %s)"
    holds_something = "(T <> 'null' AND NOT (T = 'object' AND V = '{}'))"
    truth = "(CASE V WHEN 1 THEN 'true' ELSE 'false' END)"
    to_number = "V"
    any_number = "(CASE T WHEN 'number' THEN V WHEN 'text' THEN number_in(V) END)"
    moment = "moment_in(V)"
    natural = f"natural_key({_written})"

    def any_value(self, place: Place, test: Sql) -> Sql:
        path = "$" + "".join(f'."{key}"' for key in place.keys)
        kind = "(CASE e.type WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' "
        kind += "WHEN 'false' THEN 'boolean' ELSE e.type END)"
        filled = _filled(test.text, kind, "e.value")
        rows = (
            f"SELECT type, value FROM json_each({place.column}, %s) "
            f"WHERE json_type({place.column}, %s) <> 'object' "
            f"UNION ALL SELECT 'object', json_extract({place.column}, %s) "
            f"WHERE json_type({place.column}, %s) = 'object'"
        )
        return Sql(f"EXISTS (SELECT 1 FROM ({rows}) AS e WHERE {filled})", (path, path, path, path, *test.parameters))

    def number_parameter(self, value: int | float) -> Any:
        return of_64_bits(value)

    def moment_parameter(self, moment: datetime) -> Any:
        return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _filled(test: str, kind: str, value: str) -> str:
    return re.sub(r"\b[TV]\b", lambda name: kind if name[0] == "T" else value, test)


def dialect(vendor: str) -> Dialect:
    return PostgreSQL() if vendor == "postgresql" else SQLite()
