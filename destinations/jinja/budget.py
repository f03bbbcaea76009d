"""The counters of one rendering. They live on its context, so that threads never share them."""

from __future__ import annotations

from time import monotonic

from destinations.freemarker.limits import Limits
from destinations.jinja.faults import Fault

ITEM_BYTES = 64
"""What one item of a list or mapping counts as; a character counts one."""

MAX_CALLS = 100
"""Macro calls within each other: each takes several of Python's frames, of which there are 1,000."""


class Budget:
    """What one rendering may still use; every method raises a `limit` fault when it is used up."""

    __slots__ = ("deadline", "depth", "limits", "made", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.made = limits.made_bytes
        self.depth = min(limits.depth, MAX_CALLS)
        self.deadline = monotonic() + limits.wall_seconds

    def spend(self, steps: int) -> None:
        """Count work, and look at the clock."""
        self.steps -= steps
        if self.steps < 0:
            raise exceeded("steps", self.limits.steps, "Loop over less, or send fewer items per request.")
        if monotonic() > self.deadline:
            raise exceeded("wall_seconds", self.limits.wall_seconds, "Do less per rendering.")

    def make(self, size: int) -> None:
        """Count memory that a new value takes, before it is built."""
        self.made -= size
        if self.made < 0:
            raise exceeded("made_bytes", self.limits.made_bytes)

    def text(self, characters: int) -> None:
        """Count one new string, before it is built."""
        if characters > self.limits.string_characters:
            raise exceeded("string_characters", self.limits.string_characters)
        self.make(characters)
        if characters > 4096:
            self.spend(characters >> 8)

    def items(self, count: int) -> None:
        """Count one new list or mapping, before it is built."""
        if count > self.limits.sequence_items:
            raise exceeded("sequence_items", self.limits.sequence_items)
        self.make(count * ITEM_BYTES + ITEM_BYTES)
        self.spend(count + 1)

    def enter(self) -> None:
        """Go one macro, caller or recursive loop deeper; the caller adds one to `depth` on leaving."""
        self.depth -= 1
        if self.depth < 0:
            self.depth = 0
            raise exceeded("depth", min(self.limits.depth, MAX_CALLS), "A macro calls itself without an end.")


def exceeded(limit: str, value: float, tip: str | None = None) -> Fault:
    """The fault for a used-up limit, named as in `Limits`."""
    return Fault("limit", f"The template went over the limit {limit} = {value:,}.", tip)
