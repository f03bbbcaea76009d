"""The one exception that parsing and rendering raise."""

from __future__ import annotations

from typing import Literal

Kind = Literal["parse", "missing", "type", "limit", "refused", "other"]

_EXCERPT_WIDTH = 100
MOST_SHOWN = 100  # characters of an expression, in lists


class TemplateError(Exception):
    """Something is wrong with a template, or with how its data fit it.

    `kind` is one of `parse missing type limit refused other`. `line` and `column` are 1-based, or None
    when the place is not known. `expression` is the source text that is to blame, `tip` says what to write
    instead, `source_line` is the template's line as written (quoted with a caret by `str()`).
    """

    def __init__(
        self,
        kind: Kind,
        message: str,
        line: int | None = None,
        column: int | None = None,
        expression: str | None = None,
        tip: str | None = None,
        *,
        template_name: str = "template",
        source_line: str | None = None,
    ) -> None:
        message = _encodable(message)
        expression = expression and _encodable(expression)
        super().__init__(kind, message, line, column, expression, tip)
        self.kind = kind
        self.message = message
        self.line = line
        self.column = column
        self.expression = expression
        self.tip = tip and _encodable(tip)
        self.template_name = template_name
        self.source_line = source_line and _encodable(source_line)

    @property
    def headline(self) -> str:
        """The message after its place, on one line: "Line 2, column 5: ..."."""
        if self.line is None:
            return self.message
        column = f", column {self.column}" if self.column else ""
        return f"Line {self.line}{column}: {self.message}"

    @property
    def brief(self) -> str:
        """For lists: "Line 2: The value is missing (null or undefined): input.user_id"."""
        blamed = " ".join((self.expression or "").split())
        shown = blamed if len(blamed) <= MOST_SHOWN else f"{blamed[:MOST_SHOWN]}…"
        place = f"Line {self.line}: " if self.line else ""
        return f"{place}{self.message}: {shown}" if shown else f"{place}{self.message}"

    def __str__(self) -> str:
        parts = [self.message]
        if self.expression:
            parts.append(f"Expression: {self.expression}")
        if self.line is not None:
            parts.append(f"Template: {self.template_name}, line {self.line}, column {self.column}")
            if self.source_line is not None:
                parts.append(excerpt(self.source_line, self.line, self.column or 1))
        if self.tip:
            parts.append(f"Tip: {self.tip}")
        return "\n".join(parts)


def _encodable(text: str) -> str:
    """Half of a surrogate pair, which no log and no page can hold, becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def excerpt(source_line: str, line: int, column: int) -> str:
    """The line quoted under its number, a caret under the column; long lines are cut around the caret."""
    start = 0
    if len(source_line) > _EXCERPT_WIDTH:
        start = max(0, min(column - 1 - _EXCERPT_WIDTH // 2, len(source_line) - _EXCERPT_WIDTH))
    shown = source_line[start : start + _EXCERPT_WIDTH]
    shown = "".join(c if c.isprintable() else " " for c in shown)
    left = "…" if start else ""
    right = "…" if start + _EXCERPT_WIDTH < len(source_line) else ""
    gutter = f"  {line} | "
    indent = " " * (len(gutter) - 2) + "| " + " " * (len(left) + column - 1 - start)
    return f"{gutter}{left}{shown}{right}\n{indent}^"
