"""Filters on lists and mappings. Each returns a list or a value, never something lazy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby as grouped
from typing import Any

from jinja2.runtime import Context, Undefined
from jinja2.utils import pass_context

from ..faults import Fault
from ..loops import length as length_of
from ..methods import joined
from ..missing import Missing
from ..predicates import TESTS
from ..text import Group, name_of
from .keys import getter, ordering


def _taken(context: Context, values: Any, who: str) -> Any:
    """The values as something to walk, counted."""
    context.budget.items(length_of(values, f"{who} takes"))
    return values


def length(value: Any) -> int:
    return length_of(value, "length takes text or")


@pass_context
def listed(context: Context, values: Any) -> list[Any]:
    return list(_taken(context, values, "list"))


@pass_context
def first(context: Context, values: Any) -> Any:
    length_of(values, "first takes")
    return next(iter(values), Missing("the list that first was asked of is empty"))


@pass_context
def last(context: Context, values: Any) -> Any:
    length_of(values, "last takes")
    return next(reversed(values), Missing("the list that last was asked of is empty"))


@pass_context
def join(context: Context, values: Any, d: str = "", attribute: Any = None) -> str:
    values = _taken(context, values, "join")
    if attribute is not None:
        values = list(map(getter(attribute), values))
    return joined(context.budget, d, values)


@pass_context
def items(context: Context, value: Any) -> list[Any]:
    if isinstance(value, Undefined):
        return []
    if type(value) is not dict:
        raise Fault("other", f"items takes a mapping, not {name_of(value)}.")
    context.budget.items(len(value) * 2)
    return list(value.items())


@pass_context
def reverse(context: Context, value: Any) -> Any:
    if type(value) is str:
        context.budget.text(len(value))
        return value[::-1]
    return list(reversed(_taken(context, value, "reverse")))


@pass_context
def sort(
    context: Context, value: Any, reverse: bool = False, case_sensitive: bool = False, attribute: Any = None
) -> list[Any]:
    values = _taken(context, value, "sort")
    names = [name.strip() for name in attribute.split(",")] if isinstance(attribute, str) else [attribute]
    keys = [ordering(context.budget, name, case_sensitive) for name in names]
    order = keys[0] if len(keys) == 1 else lambda entry: [key(entry) for key in keys]
    return _ordered(lambda: sorted(values, key=order, reverse=bool(reverse)), "sort")


@pass_context
def dictsort(
    context: Context, value: Any, case_sensitive: bool = False, by: str = "key", reverse: bool = False
) -> list[Any]:
    if type(value) is not dict or by not in ("key", "value"):
        raise Fault("other", f"dictsort takes a mapping and by='key' or 'value', not {name_of(value)}.")
    context.budget.items(len(value) * 2)
    order = ordering(context.budget, 0 if by == "key" else 1, case_sensitive)
    return _ordered(lambda: sorted(value.items(), key=order, reverse=bool(reverse)), "dictsort")


@pass_context
def unique(context: Context, values: Any, case_sensitive: bool = False, attribute: Any = None) -> list[Any]:
    key = ordering(context.budget, attribute, case_sensitive)
    found: dict[Any, Any] = {}
    for value in _taken(context, values, "unique"):
        found.setdefault(key(value), value)
    return list(found.values())


@pass_context
def smallest(context: Context, value: Any, case_sensitive: bool = False, attribute: Any = None) -> Any:
    return _extreme(min, context, value, case_sensitive, attribute)


@pass_context
def largest(context: Context, value: Any, case_sensitive: bool = False, attribute: Any = None) -> Any:
    return _extreme(max, context, value, case_sensitive, attribute)


def _extreme(choose: Callable[..., Any], context: Context, value: Any, case_sensitive: bool, attribute: Any) -> Any:
    values = _taken(context, value, choose.__name__)
    nothing = Missing(f"the list that {choose.__name__} was asked of is empty")
    key = ordering(context.budget, attribute, case_sensitive)
    return _ordered(lambda: choose(values, key=key, default=nothing), choose.__name__)


@pass_context
def groupby(
    context: Context, value: Any, attribute: Any, default: Any = None, case_sensitive: bool = False
) -> list[Group]:
    get = getter(attribute, default)
    key = ordering(context.budget, None, case_sensitive)
    values = _taken(context, value, "groupby")
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
def mapped(
    context: Context,
    values: Any,
    filter: str | None = None,
    *args: Any,
    attribute: Any = None,
    default: Any = None,
    **more: Any,
) -> list[Any]:
    """`map("upper")` applies a filter, `map(attribute="name")` takes a key, of every item."""
    values = _taken(context, values, "map")
    if attribute is not None:
        return list(map(getter(attribute, default), values))
    from . import FILTERS

    run = FILTERS.get(filter or "")
    if run is None:
        raise Fault("other", "map takes the name of a filter, or attribute='name'.")
    spend = context.budget.spend
    result = []
    for value in values:
        spend(1)
        result.append(run(context, value, *args, **more) if _wants_context(run) else run(value, *args, **more))
    return result


def _chosen(wanted: bool, by_attribute: bool, name: str) -> Callable[..., list[Any]]:
    @pass_context
    def choose(context: Context, values: Any, *args: Any) -> list[Any]:
        get: Callable[[Any], Any] = getter(None)
        if by_attribute:
            if not args:
                raise Fault("other", f"{name} needs the name of a key.")
            get, args = getter(args[0]), args[1:]
        test = TESTS.get(args[0]) if args else bool
        if test is None:
            raise Fault("other", f"{name} knows no test called {args[0]}.")
        spend = context.budget.spend
        result = []
        for value in _taken(context, values, name):
            spend(1)
            found = get(value)
            if args and _wants_context(test):
                answer = test(context, found, *args[1:])
            elif args:
                answer = test(found, *args[1:])
            else:
                answer = not isinstance(found, Undefined) and bool(found)
            if bool(answer) is wanted:
                result.append(value)
        return result

    return choose


def _wants_context(function: Callable[..., Any]) -> bool:
    return hasattr(function, "jinja_pass_arg")


@pass_context
def total(context: Context, iterable: Any, attribute: Any = None, start: Any = 0) -> Any:
    from ..arithmetic import add
    from ..faults import Place

    get = getter(attribute)
    place = Place("sum", 0, None)
    result = start
    for value in _taken(context, iterable, "sum"):
        result = add(context, result, get(value), place)
    return result


SEQUENCE = {
    "count": length,
    "dictsort": dictsort,
    "first": first,
    "groupby": groupby,
    "items": items,
    "join": join,
    "last": last,
    "length": length,
    "list": listed,
    "map": mapped,
    "max": largest,
    "min": smallest,
    "reject": _chosen(False, False, "reject"),
    "rejectattr": _chosen(False, True, "rejectattr"),
    "reverse": reverse,
    "select": _chosen(True, False, "select"),
    "selectattr": _chosen(True, True, "selectattr"),
    "sort": sort,
    "sum": total,
    "unique": unique,
}
