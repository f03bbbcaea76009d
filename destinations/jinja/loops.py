"""What a `for` may walk, and the counting of its turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2.utils import pass_context

from destinations.jinja.budget import Budget
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.text import SEQUENCES, name_of, require

UNWATCHED_WORK = 20_000
"""Turns times size of the body: a loop below that runs at full speed, the others look at the clock."""


class Watched:
    """A sequence that looks at the clock for each item."""

    described = "A list"

    def __init__(self, budget: Budget, values: Any) -> None:
        self._budget = budget
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        spend = self._budget.spend
        for value in self._values:
            spend(0)
            yield value


@pass_context
def walked(context: RenderContext, values: Any, weight: int) -> Any:
    """The iterable of a `for`, its turns paid in advance. `weight` is the size of the loop's body."""
    turns = length(values, "A for loop walks")
    context.budget.spend(turns + 1)
    if turns * weight < UNWATCHED_WORK:
        return values
    return Watched(context.budget, values)


@pass_context
def spread(context: RenderContext, values: Any) -> list[Any]:
    """The list behind `*values` in a call."""
    context.budget.items(length(values, "* takes"))
    return list(values)


def spread_mapping(values: Any) -> dict[str, Any]:
    """The mapping behind `**values` in a call."""
    if type(values) is not dict:
        raise Fault("other", f"** takes a mapping, not {name_of(values)}.")
    return values


def length(values: Any, who: str = "This takes") -> int:
    """How many items a list, mapping, text or range has; a fault that starts with `who` for others."""
    kind = type(values)
    if kind in SEQUENCES or kind is dict or kind is str or kind is range or kind is Watched:
        return len(values)
    require(values)
    raise Fault("other", f"{who} a list, not {name_of(values)}.", "Write x | default([], true) for an empty list.")
