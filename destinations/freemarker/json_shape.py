"""Where a template stands in the JSON that it prints: within quotes or not, and in which brackets."""

from __future__ import annotations

from dataclasses import dataclass, field

_CLOSES = {"}": "{", "]": "["}


@dataclass(slots=True)
class Shape:
    """The state after some text: in a quoted string or not, and the open brackets with their offsets."""

    quoted: bool = False
    open: list[tuple[str, int]] = field(default_factory=list)
    stray: list[tuple[str, int]] = field(default_factory=list)
    """Closing brackets that close nothing, or another kind than is open."""

    def copy(self) -> Shape:
        return Shape(self.quoted, list(self.open), self.stray)

    def brackets(self) -> str:
        return "".join(bracket for bracket, _ in self.open)

    def read(self, text: str, start: int) -> None:
        """Follow plain text that stands at `start` in the source."""
        escaped = False
        for offset, character in enumerate(text, start):
            if escaped:
                escaped = False
            elif self.quoted:
                escaped = character == "\\"
                self.quoted = character != '"'
            elif character == '"':
                self.quoted = True
            elif character in "{[":
                self.open.append((character, offset))
            elif character in "}]":
                self._close(character, offset)

    def _close(self, character: str, offset: int) -> None:
        if self.open and self.open[-1][0] == _CLOSES[character]:
            self.open.pop()
        else:
            self.stray.append((character, offset))
