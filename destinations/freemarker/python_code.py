"""Writing Python source: functions, indentation, constants and the map back to the template.

The source holds nothing of the template: names are counted, not taken over, and every text or decimal is a
constant `K<n>` that the code is given beside its source. A comment `#<n>` says which site of the template the
lines from there on belong to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

DEEPEST_PIECE = 12
"""Python reads no more than 200 nested parentheses; a deeper expression moves to a function of its own."""


@dataclass(slots=True)
class Piece:
    """The Python of an expression. `kind` is what is known of its value: string, boolean, number, present
    (some value), any (perhaps missing)."""

    code: str
    kind: str = "any"
    depth: int = 1


@dataclass(slots=True)
class Site:
    """A place in the template that a fault can name: a node, and the tag or interpolation it stands in."""

    start: int
    end: int
    owner: int


class Constants:
    """The texts and numbers of a template, by the names its code uses for them."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._names: dict[tuple[type, object], str] = {}

    def name(self, value: str | int | Decimal | tuple[str, ...]) -> str:
        key = (type(value), str(value) if isinstance(value, Decimal) else value)
        if key not in self._names:
            self._names[key] = f"K{len(self._names)}"
            self.values[self._names[key]] = value
        return self._names[key]


@dataclass(slots=True)
class Function:
    """A Python function being written. `inner` holds the functions that must stand before its lines."""

    name: str
    parameters: str
    outer: Function | None = None
    buffer: str = "o"
    """The variable that holds the list of printed texts."""
    inner: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    rebound: set[str] = field(default_factory=set)
    """Variables of an outer function that this one assigns."""
    indent: int = 1
    blocks: int = 0
    """How many loops and try statements are open."""
    printed: list[str] = field(default_factory=list)
    """Texts that wait to be written together."""

    def emit(self, line: str) -> None:
        self.flush()
        self._add(line)

    def print(self, code: str) -> None:
        self.printed.append(code)
        if len(self.printed) >= 64:
            self.flush()

    def flush(self) -> None:
        if not self.printed:
            return
        parts, self.printed = self.printed, []
        if len(parts) == 1:
            self._add(f"{self.buffer}.append({parts[0]})")
        else:
            self._add(f"{self.buffer}.extend(({', '.join(parts)}))")

    def _add(self, line: str) -> None:
        self.lines.append(" " * self.indent + line)

    def source(self) -> list[str]:
        """The lines of the whole definition."""
        self.flush()
        lines = [f"def {self.name}({self.parameters}):"]
        if self.rebound:
            lines.append(f" nonlocal {', '.join(sorted(self.rebound))}")
        lines += [" " + line for line in self.inner]
        lines += self.lines or [" pass"]
        return lines
