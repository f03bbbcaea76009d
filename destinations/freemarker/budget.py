"""What one rendering has used of its limits, and the buffers that hold what it prints."""

from __future__ import annotations

from time import perf_counter
from typing import Any, TypeVar

from destinations.freemarker.faults import LimitReached
from destinations.freemarker.limits import Limits

_CHECK_EVERY = 1_000
"""Steps between two looks at the clock and at the size of the output."""

_ITEM_BYTES = 64
_SMALL = 256

Made = TypeVar("Made", list[Any], dict[str, Any])


class Budget:
    """Counts steps, depth and bytes against the limits."""

    __slots__ = ("buffers", "deadline", "depth", "limits", "made_bytes", "mark", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.mark = _CHECK_EVERY
        self.deadline = perf_counter() + limits.wall_seconds
        self.depth = 0
        self.made_bytes = 0
        self.buffers: list[list[str]] = [[]]

    def spend(self, steps: int) -> None:
        """Count steps; look at the clock and the output every so often."""
        self.steps += steps
        if self.steps > self.mark:
            self.check()

    def check(self) -> None:
        """Raises LimitReached when steps, time or output are used up."""
        limits = self.limits
        self.mark = self.steps + _CHECK_EVERY
        if self.steps > limits.steps:
            raise LimitReached(f"The template works too much: more than {limits.steps:,} steps (limit: steps)")
        if perf_counter() > self.deadline:
            raise LimitReached(
                f"The template takes too long: more than {limits.wall_seconds:g} seconds (limit: wall_seconds)"
            )
        self.check_output()

    def check_output(self) -> None:
        size = 0
        for buffer in self.buffers:
            length = sum(map(len, buffer))
            size += length
            if len(buffer) > _SMALL and length <= self.limits.output_characters:
                buffer[:] = ("".join(buffer),)
        if size > self.limits.output_characters:
            raise LimitReached(
                f"The output is too long: more than {self.limits.output_characters:,} characters"
                " (limit: output_characters)"
            )

    def made(self, text: str) -> str:
        """Charge for a text that was built; gives it back. Raises LimitReached."""
        length = len(text)
        if length > _SMALL:
            self.check_length(length)
            self.charge(text.__sizeof__())
            self.spend(length >> 8)
        return text

    def made_items(self, items: Made) -> Made:
        """Charge for a sequence or hash that was built; gives it back. Raises LimitReached."""
        count = len(items)
        self.check_items(count)
        self.charge(count * _ITEM_BYTES)
        self.spend(1 + (count >> 3))
        return items

    def check_length(self, characters: int) -> None:
        """Refuse a text before it is built. Raises LimitReached."""
        if characters > self.limits.string_characters:
            raise LimitReached(
                f"A text would be too long: more than {self.limits.string_characters:,} characters"
                " (limit: string_characters)"
            )

    def check_items(self, count: int) -> None:
        """Refuse a sequence or hash before it is built. Raises LimitReached."""
        if count > self.limits.sequence_items:
            raise LimitReached(
                f"A sequence or hash would be too long: more than {self.limits.sequence_items:,} items"
                " (limit: sequence_items)"
            )

    def charge(self, size: int) -> None:
        """Count bytes of something made. Raises LimitReached."""
        self.made_bytes += size
        if self.made_bytes > self.limits.made_bytes:
            raise LimitReached(
                f"The values made are too large: more than {self.limits.made_bytes >> 20} MiB (limit: made_bytes)"
            )

    def enter(self) -> None:
        """Go one call deeper. Raises LimitReached."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise LimitReached(f"Calls are nested more than {self.limits.depth} deep (limit: depth)")
        self.steps += 1
        if self.steps > self.mark:
            self.check()

    # Buffers

    def capture(self) -> list[str]:
        """Begin a buffer of its own for what is printed next."""
        buffer: list[str] = []
        self.buffers.append(buffer)
        return buffer

    def release(self, buffer: list[str]) -> None:
        """End a buffer, and any left open within it."""
        while self.buffers.pop() is not buffer:
            pass

    def taken(self, buffer: list[str]) -> str:
        """The text of a buffer that was ended."""
        self.check_length(sum(map(len, buffer)))
        return self.made("".join(buffer))

    def joined(self, texts: tuple[str, ...]) -> str:
        """The text of a string literal with interpolations."""
        self.check_length(sum(map(len, texts)))
        return self.made("".join(texts))
