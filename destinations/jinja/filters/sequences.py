"""Filters on lists and mappings. Each returns a list or a value, never something lazy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby as grouped
from typing import Any

from jinja2.runtime import Undefined
from jinja2.utils import pass_context

from destinations.jinja.arithmetic import add
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault, Place
from destinations.jinja.filters.keys import getter, ordering
from destinations.jinja.loops import length as length_of
from destinations.jinja.methods import joined
from destinations.jinja.missing import Missing
from destinations.jinja.text import Group, name_of, text


def taken(context: RenderContext, values: Any, who: str) -> Any:
    """The values as something to walk, counted; `who` asks for them."""
    context.budget.items(length_of(values, f"{who} takes"))
    return values


def length(value: Any) -> int:
    return length_of(value, "length takes text or")


@pass_context
def listed(context: RenderContext, values: Any) -> list[Any]:
    return list(taken(context, values, "list"))


@pass_context
def first(context: RenderContext, values: Any) -> Any:
    length_of(values, "first takes")
    return next(iter(values), Missing("the list that first was asked of is empty"))


@pass_context
def last(context: RenderContext, values: Any) -> Any:
    length_of(values, "last takes")
    return next(reversed(values), Missing("the list that last was asked of is empty"))


@pass_context
def join(context: RenderContext, values: Any, d: str = "", attribute: Any = None) -> str:
    values = taken(context, values, "join")
    if attribute is not None:
        values = list(map(getter(attribute), values))
    return joined(context.budget, text(d, context.budget), values)


@pass_context
def items(context: RenderContext, value: Any) -> list[Any]:
    if isinstance(value, Undefined):
        return []
    if type(value) is not dict:
        raise Fault("other", f"items takes a mapping, not {name_of(value)}.")
    context.budget.items(len(value) * 2)
    return list(value.items())


@pass_context
def reverse(context: RenderContext, value: Any) -> Any:
    if type(value) is str:
        context.budget.text(len(value))
        return value[::-1]
    return list(reversed(taken(context, value, "reverse")))


@pass_context
def sort(
    context: RenderContext, value: Any, reverse: bool = False, case_sensitive: bool = False, attribute: Any = None
) -> list[Any]:
    values = taken(context, value, "sort")
    names = [name.strip() for name in attribute.split(",")] if isinstance(attribute, str) else [attribute]
    keys = [ordering(context.budget, name, case_sensitive) for name in names]
    order = keys[0] if len(keys) == 1 else lambda entry: [key(entry) for key in keys]
    return _ordered(lambda: sorted(values, key=order, reverse=bool(reverse)), "sort")


@pass_context
def dictsort(
    context: RenderContext, value: Any, case_sensitive: bool = False, by: str = "key", reverse: bool = False
) -> list[Any]:
    if type(value) is not dict or by not in ("key", "value"):
        raise Fault("other", f"dictsort takes a mapping and by='key' or 'value', not {name_of(value)}.")
    context.budget.items(len(value) * 2)
    order = ordering(context.budget, 0 if by == "key" else 1, case_sensitive)
    return _ordered(lambda: sorted(value.items(), key=order, reverse=bool(reverse)), "dictsort")


@pass_context
def unique(context: RenderContext, values: Any, case_sensitive: bool = False, attribute: Any = None) -> list[Any]:
    key = ordering(context.budget, attribute, case_sensitive)
    found: dict[Any, Any] = {}
    for value in taken(context, values, "unique"):
        found.setdefault(key(value), value)
    return list(found.values())


@pass_context
def smallest(context: RenderContext, value: Any, case_sensitive: bool = False, attribute: Any = None) -> Any:
    return _extreme(min, context, value, case_sensitive, attribute)


@pass_context
def largest(context: RenderContext, value: Any, case_sensitive: bool = False, attribute: Any = None) -> Any:
    return _extreme(max, context, value, case_sensitive, attribute)


def _extreme(
    choose: Callable[..., Any], context: RenderContext, value: Any, case_sensitive: bool, attribute: Any
) -> Any:
    values = taken(context, value, choose.__name__)
    nothing = Missing(f"the list that {choose.__name__} was asked of is empty")
    key = ordering(context.budget, attribute, case_sensitive)
    return _ordered(lambda: choose(values, key=key, default=nothing), choose.__name__)


@pass_context
def groupby(
    context: RenderContext, value: Any, attribute: Any, default: Any = None, case_sensitive: bool = False
) -> list[Group]:
    get = getter(attribute, default)
    key = ordering(context.budget, None, case_sensitive)
    values = taken(context, value, "groupby")
    pairs = _ordered(lambda: sorted(((key(get(v)), i, v) for i, v in enumerate(values))), "groupby")
    groups = []
    for _, members in grouped(pairs, key=lambda pair: pair[0]):
        entries = [member for _, _, member in members]
        groups.append(Group(get(entries[0]), entries))
    return groups


def _ordered(run: Callable[[], Any], who: str) -> Any:
    try:
        return run()
    except TypeError:
        message = f"{who} met values of different types, which have no order."
        raise Fault("other", message, "Make them alike first: x|map('string').") from None


@pass_context
def total(context: RenderContext, iterable: Any, attribute: Any = None, start: Any = 0) -> Any:
    get = getter(attribute)
    place = Place("sum", 0, None)
    result = start
    for value in taken(context, iterable, "sum"):
        result = add(context, result, get(value), place)
    return result


SEQUENCE: dict[str, Callable[..., Any]] = {
    "count": length,
    "dictsort": dictsort,
    "first": first,
    "groupby": groupby,
    "items": items,
    "join": join,
    "last": last,
    "length": length,
    "list": listed,
    "max": largest,
    "min": smallest,
    "reverse": reverse,
    "sort": sort,
    "sum": total,
    "unique": unique,
}
