"""Where a name is found: loops and lambdas from the inside out, then the macro, then the template.

All of it is known when the template is compiled, so a name becomes one Python variable with fallbacks, never
a search. Only what comes last, the template's own and the data's variables, lives in dicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from destinations.freemarker.python_code import Function


@dataclass(slots=True)
class Frame:
    """Names bound by one loop, lambda, nested content or definition, to their Python variables."""

    kind: str
    variables: dict[str, str]
    function: Function
    certain: frozenset[str] = frozenset()
    """Names that always have a value."""


@dataclass(slots=True)
class LoopFrame(Frame):
    """A `#list` or `#items`: also where the loop stands. The body's code says which of both it needs."""

    index: str = ""
    last: str = ""
    uses_index: bool = False
    uses_last: bool = False
    catches: bool = False
    """A break or continue inside comes as an exception."""


@dataclass(slots=True)
class Listing:
    """A `#list` whose `#items` does the looping: the variables that they share."""

    source: str
    last: str
    entered: str
    site: int
    two_names: bool
    function: Function


@dataclass(slots=True)
class SwitchFrame:
    """A `#switch` being written: where it stands, and whether a break comes as an exception."""

    function: Function
    catches: bool = False


@dataclass(slots=True)
class DefinitionFrame(Frame):
    """A macro or function: its parameters and locals. Nothing outside of it is seen from within."""

    arguments: tuple[str, ...] = ()
    rest: str | None = None
    is_function: bool = False
    catches: bool = False
    """A return inside comes as an exception."""


@dataclass(slots=True)
class Scope:
    frames: list[Frame] = field(default_factory=list)

    def visible(self) -> list[Frame]:
        """The frames that are seen from here, innermost first."""
        seen: list[Frame] = []
        for frame in reversed(self.frames):
            seen.append(frame)
            if isinstance(frame, DefinitionFrame):
                break
        return seen

    def definition(self) -> DefinitionFrame | None:
        return next((f for f in reversed(self.frames) if isinstance(f, DefinitionFrame)), None)

    def loop_of(self, name: str) -> LoopFrame | None:
        """The loop that binds a name."""
        for frame in self.visible():
            if name in frame.variables and frame.kind != "lambda":
                return frame if isinstance(frame, LoopFrame) else None
        return None

    def innermost_loop(self) -> LoopFrame | None:
        return next((f for f in self.visible() if isinstance(f, LoopFrame)), None)

    def names(self) -> list[str]:
        """Every name bound by a visible frame."""
        return list(dict.fromkeys(name for frame in self.visible() for name in frame.variables))
