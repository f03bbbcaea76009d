"""Columns for Jinja2, which knows only lines.

A position is one number, `line * WIDTH + column`, which Jinja2 takes for a line number: it copies it into
its nodes, its syntax errors and the line table of the compiled template, and we read it back from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Lexer

from destinations.jinja.faults import Fault, Place

WIDTH = 1 << 20
MAX_TOKENS = 40_000
_SPACE = re.compile(r"\s*")


def line_and_column(position: int) -> tuple[int, int]:
    """Both 1-based; (1, 1) for a position that Jinja2 made up."""
    line, column = divmod(position, WIDTH)
    return (line, column) if line else (1, 1)


class PositionLexer(Lexer):
    """The stock lexer with positions for lines, and a bound on the tokens of a template."""

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        end = 0
        tokens = super().tokeniter(source, name, filename, state)
        try:
            for count, (line, token, value) in enumerate(tokens):
                start = max(source.find(value, end), end)
                end = start + len(value)
                position = line * WIDTH + start - source.rfind("\n", 0, start)
                if count > MAX_TOKENS:
                    place = Place("", *line_and_column(position))
                    raise Fault("limit", f"The template has more than {MAX_TOKENS:,} tokens.", None, place)
                yield position, token, value
        except TemplateSyntaxError as error:
            if error.lineno < WIDTH:  # the lexer's own: it stumbled over what comes next
                found = _SPACE.match(source, end)
                at = found.end() if found else end
                error.lineno = (source.count("\n", 0, at) + 1) * WIDTH + at - source.rfind("\n", 0, at)
            raise
