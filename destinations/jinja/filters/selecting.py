"""Filters that put every item of a list through another filter or a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from jinja2.runtime import Undefined
from jinja2.utils import pass_context

from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.filters.keys import getter
from destinations.jinja.filters.sequences import taken
from destinations.jinja.predicates import TESTS

_APPLICABLE: dict[str, Callable[..., Any]] = {}


def applicable(filters: Mapping[str, Callable[..., Any]]) -> None:
    """Make filters known to `map`: the whole table holds `map` itself."""
    _APPLICABLE.update(filters)


@pass_context
def mapped(
    context: RenderContext,
    values: Any,
    filter: str | None = None,
    *args: Any,
    attribute: Any = None,
    default: Any = None,
    **more: Any,
) -> list[Any]:
    """`map("upper")` applies a filter, `map(attribute="name")` takes a key, of every item."""
    values = taken(context, values, "map")
    if attribute is not None:
        return list(map(getter(attribute, default), values))
    run = _called(context, _APPLICABLE, filter, "map", "filter")
    return [run(value, *args, **more) for value in values]


def _chosen(wanted: bool, by_attribute: bool, name: str) -> Callable[..., list[Any]]:
    """`select` and its three relatives: keep the items for which a test answers `wanted`."""

    @pass_context
    def choose(context: RenderContext, values: Any, *args: Any) -> list[Any]:
        get: Callable[[Any], Any] = getter(None)
        if by_attribute:
            if not args:
                raise Fault("other", f"{name} needs the name of a key.")
            get, args = getter(args[0]), args[1:]
        test = _called(context, TESTS, args[0], name, "test") if args else _true
        return [value for value in taken(context, values, name) if bool(test(get(value), *args[1:])) is wanted]

    return choose


def _called(
    context: RenderContext, table: Mapping[str, Callable[..., Any]], name: Any, who: str, what: str
) -> Callable[..., Any]:
    """A filter or test by its name, which counts its calls."""
    run = table.get(name) if isinstance(name, str) else None
    if run is None:
        raise Fault("other", f"{who} takes the name of a {what}; there is none called {str(name)[:40]}.")
    if hasattr(run, "jinja_pass_arg"):
        run = partial(run, context)
    spend = context.budget.spend

    def call(value: Any, *args: Any, **more: Any) -> Any:
        spend(1)
        return run(value, *args, **more)

    return call


def _true(value: Any) -> bool:
    return not isinstance(value, Undefined) and bool(value)


SELECTING: dict[str, Callable[..., Any]] = {
    "map": mapped,
    "reject": _chosen(False, False, "reject"),
    "rejectattr": _chosen(False, True, "rejectattr"),
    "select": _chosen(True, False, "select"),
    "selectattr": _chosen(True, True, "selectattr"),
}
