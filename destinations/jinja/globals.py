"""The global functions: `range`, `dict` and `namespace`."""

from __future__ import annotations

from typing import Any

from jinja2.utils import Namespace

from destinations.jinja.budget import Budget
from destinations.jinja.comparison import key_of
from destinations.jinja.faults import Fault
from destinations.jinja.loops import length
from destinations.jinja.methods import Method
from destinations.jinja.text import SEQUENCES, name_of

_REACH = 2**53


def _range(budget: Budget, *bounds: int) -> range:
    for bound in bounds:
        if type(bound) is not int:
            raise Fault("other", f"range takes whole numbers, not {name_of(bound)}.", "Write x|int.")
        if abs(bound) > _REACH:
            raise Fault("limit", "range reaches too far.")
    return range(*bounds)


def _dict(budget: Budget, values: Any = (), /, **more: Any) -> dict[Any, Any]:
    budget.items(length(values, "dict takes") + len(more))
    if type(values) is dict:
        return {**values, **more}
    made: dict[Any, Any] = {}
    for pair in values:
        if type(pair) not in SEQUENCES or len(pair) != 2:
            raise Fault("other", "dict takes a mapping, or a list of pairs.")
        made[key_of(pair[0])] = pair[1]
    return {**made, **more}


def _namespace(budget: Budget, values: Any = (), /, **more: Any) -> Namespace:
    return Namespace(_dict(budget, values, **more))


GLOBALS = {
    name: Method(name, None, function)
    for name, function in (("range", _range), ("dict", _dict), ("namespace", _namespace))
}
