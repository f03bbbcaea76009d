"""What kind of value is it: the `?is_...` family."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from destinations.freemarker import formulas, tree
from destinations.freemarker.builtins.catalogue import built_in, compiled_built_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.python_code import Piece
from destinations.freemarker.values import (
    Blank,
    Definition,
    Found,
    Helper,
    Lazy,
    Markup,
    Matches,
    Method,
    Moment,
    Once,
    Range,
    Value,
)

_NUMBERS = (int, float, Decimal)
_LISTS = (list, tuple, Range, Lazy, Matches)


def _is(*kinds: type) -> Callable[[Value], bool]:
    def test(value: Value) -> bool:
        return isinstance(value, kinds)

    return test


def is_number(value: Value) -> bool:
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def is_boolean(value: Value) -> bool:
    return value is True or value is False or isinstance(value, Matches)


def is_string(value: Value) -> bool:
    return isinstance(value, str | Blank | Found)


def is_sequence(value: Value) -> bool:
    return isinstance(value, (*_LISTS, Blank, Found))


def is_hash(value: Value) -> bool:
    return isinstance(value, dict | Blank | Helper)


def _moment(*kinds: str) -> Callable[[Value], bool]:
    def test(value: Value) -> bool:
        return isinstance(value, Moment) and value.kind in kinds

    return test


def is_macro(value: Value) -> bool:
    """Also of a function, which is a macro to the reference implementation."""
    return isinstance(value, Definition)


def is_method(value: Value) -> bool:
    return isinstance(value, Method)


for _name, _test in (
    ("is_hash_ex", _is(dict, Blank)),
    ("is_enumerable", _is(*_LISTS, Blank, Found, Once)),
    ("is_collection", _is(Once, Lazy, Matches)),
    ("is_collection_ex", _is()),
    ("is_indexable", _is(list, tuple, Range, Matches, Blank, Found)),
    ("is_macro", is_macro),
    ("is_method", is_method),
    ("is_directive", _is(Definition)),
    ("is_transform", _is()),
    ("is_node", _is()),
    ("is_markup_output", _is(Markup)),
    ("is_date", _is(Moment)),
    ("is_date_like", _is(Moment)),
    ("is_date_only", _moment("date")),
    ("is_time", _moment("time")),
    ("is_datetime", _moment("datetime")),
    ("is_unknown_date_like", _is()),
):
    built_in(_name, gives="boolean")(_test)

built_in("has_api", gives="boolean")(_is())


def _inline(name: str, test: str, slow: str) -> None:
    """A test whose common answer needs no call."""

    @compiled_built_in(name)
    def compiles(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
        value, t = formulas.present(c, node.target), c.fresh()
        return c.combined(f"({test.format(t=t, value=value.code)} or {slow}({t}))", "boolean", value)


_inline("is_string", "type({t} := {value}) is str", "is_string")
_inline("is_number", "type({t} := {value}) is int", "is_number")
_inline("is_sequence", "type({t} := {value}) is list", "is_sequence")
_inline("is_hash", "type({t} := {value}) is dict", "is_hash")
_inline("is_boolean", "({t} := {value}) is True or {t} is False", "is_boolean")
