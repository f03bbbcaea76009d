"""The text of a template and where its lines begin."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_EXPRESSION_WIDTH = 80


class Source:
    """A template's text under its name; turns offsets into lines and columns (1-based)."""

    def __init__(self, text: str, name: str = "template") -> None:
        self.text = text
        self.name = name

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]

    def line(self, offset: int) -> int:
        return bisect_right(self._line_starts, offset)

    def position(self, offset: int) -> tuple[int, int]:
        line = self.line(offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        starts = self._line_starts
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def excerpt(self, start: int, end: int) -> str:
        """An expression as written, on one line and not too long."""
        text = " ".join(self.text[start:end].split())
        return text if len(text) <= _EXPRESSION_WIDTH else text[: _EXPRESSION_WIDTH - 1] + "…"
