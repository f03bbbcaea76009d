"""Looking a key up by name for filters: `attribute="user.plan"`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2.runtime import Undefined

from destinations.jinja.access import item
from destinations.jinja.budget import Budget
from destinations.jinja.faults import Fault, Place
from destinations.jinja.text import SCALARS, name_of, require


def getter(attribute: Any, default: Any = None) -> Callable[[Any], Any]:
    """A function from an item to what `attribute` names in it; None names the item itself."""
    if attribute is None:
        return lambda value: value
    steps = [int(step) if step.isdigit() else step for step in str(attribute).split(".")]
    place = Place(f"item.{attribute}", 0, None)

    def get(value: Any) -> Any:
        for step in steps:
            value = item(value, step, place)
        return default if default is not None and isinstance(value, Undefined) else value

    return get


def ordering(budget: Budget, attribute: Any, case_sensitive: bool) -> Callable[[Any], Any]:
    """A key to sort or group by: a text or number, in lower case unless `case_sensitive`."""
    get = getter(attribute)

    def key(value: Any) -> Any:
        found = get(value)
        if type(found) is str:
            budget.spend((len(found) >> 6) + 1)
            if case_sensitive:
                return found
            budget.text(len(found))
            return found.lower()
        require(found)
        if type(found) not in SCALARS:
            raise Fault("other", f"{name_of(found)} has no order.", "Name what to go by: attribute='name'.")
        return found

    return key
