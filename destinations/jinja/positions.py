"""Columns for Jinja2's tokens and nodes, which know only their line."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2.lexer import Lexer

from .faults import Fault, Place

MAX_TOKENS = 40_000


class Position(int):
    """A line number that carries its column (both 1-based). Jinja2 copies it into every node as `lineno`."""

    column: int

    def __new__(cls, line: int, column: int) -> Position:
        position = super().__new__(cls, line)
        position.column = column
        return position


class PositionLexer(Lexer):
    """The stock lexer, with a `Position` for each token, and a bound on how many a template may have."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        end = 0
        tokens = super().tokeniter(source, name, filename, state)
        for count, (line, token, value) in enumerate(tokens):
            start = max(source.find(value, end), end)
            end = start + len(value)
            position = Position(line, start - source.rfind("\n", 0, start))
            if count > MAX_TOKENS:
                place = Place(value[:20], line, position.column)
                raise Fault("limit", f"The template has more than {MAX_TOKENS:,} tokens.", None, place)
            yield position, token, value
