"""From whatever parsing or rendering raised to the one `TemplateError`, with its line and a tip."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from jinja2.environment import Template as CompiledTemplate
from jinja2.exceptions import TemplateSyntaxError

from destinations.freemarker.errors import Kind, TemplateError

from .faults import Fault

_TOO_DEEP = "The template nests too deeply."


def translated(error: BaseException, source: str, name: str) -> TemplateError:
    """The `TemplateError` that says what `error` means; `name` is what the author calls the template."""
    kind, message, tip = _words(error)
    line, column, expression = _place(error)
    lines = source.split("\n")
    source_line = lines[line - 1] if line is not None and line <= len(lines) else None
    if expression and column is None and source_line is not None and expression in source_line:
        column = source_line.index(expression) + 1
    return TemplateError(
        kind,
        message,
        line,
        column if column is not None or line is None else _first_tag(source_line),
        expression,
        tip,
        template_name=name,
        source_line=source_line,
    )


def _words(error: BaseException) -> tuple[Kind, str, str | None]:
    match error:
        case Fault():
            return error.kind, error.message, error.tip
        case TemplateSyntaxError():
            message = (error.message or "The template cannot be read.").rstrip(".") + "."
            return "parse", message[:1].upper() + message[1:], _parse_tip(message)
        case RecursionError():
            return "limit", _TOO_DEEP, "Split long expressions with {% set %}."
        case MemoryError():
            return "limit", "The template asks for more memory than there is.", None
        case SyntaxError():  # of the generated Python: IndentationError, too many nested blocks
            return "limit", _TOO_DEEP, "Nest fewer ifs, loops and parentheses."
        case ZeroDivisionError():
            return "other", "The template divides by zero.", "Test the divisor first: {% if n %}."
        case OverflowError():
            return "other", "A number grew beyond what can be computed.", None
        case _:
            return "other", _python_words(error), None


def _python_words(error: BaseException) -> str:
    text = re.sub(r"\b_?(\w+)\.<locals>\.|<lambda>\(\)", "", str(error))[:200] or type(error).__name__
    return f"This cannot be done: {text}."


def _parse_tip(message: str) -> str | None:
    for pattern, tip in _PARSE_TIPS:
        if re.search(pattern, message):
            return tip
    return None


_PARSE_TIPS = (
    (r"unknown tag '(elseif|elsif)'", "Jinja2 writes {% elif ... %}."),
    (r"unknown tag '(foreach|list)'", "Jinja2 writes {% for item in items %} ... {% endfor %}."),
    (r"unknown tag '(assign|let|var)'", "Jinja2 writes {% set name = value %}."),
    (r"unknown tag '(break|continue|do|debug|trans)'", "This tag is an extension that payloads do not have."),
    (r"unknown tag 'end", "Every {% end... %} closes the tag opened last."),
    (r"innermost block that needs to be closed is '(\w+)'", "Close the block with its {% end... %} tag."),
    (r"got '='", "Compare with == and assign with {% set name = value %}."),
    (r"char '&'|char '\|'", "Write and, or, not in place of && || !."),
    (r"char '!'", "Write not x, or x != y."),
    (r"char '\?'", "This is FreeMarker's sign. Write x | default('') or x is defined."),
    (r"char '\$'", "Write {{ x }} in place of ${x}."),
    (r"end of print statement", "Between {{ and }} stands one expression; join texts with ~."),
    (r"end of statement block", "Between {% and %} stands one statement."),
    (r"end of comment", "A comment that starts with {# ends with #}."),
    (r"end of template", "Something opened is not closed: look for a lost {% end... %} or }}."),
)


def _place(error: BaseException) -> tuple[int | None, int | None, str | None]:
    if isinstance(error, Fault) and error.place is not None and error.place[1]:
        text, line, column = error.place
        return line, column, text or None
    if isinstance(error, TemplateSyntaxError):
        return int(error.lineno), getattr(error.lineno, "column", None), None
    line = _template_line(error.__traceback__)
    expression = None
    if isinstance(error, Fault) and error.kind in ("missing", "refused") and " is " in error.message:
        expression = error.message.partition(" is ")[0]
    return line, None, expression


def _template_line(traceback: TracebackType | None) -> int | None:
    """The line of the innermost frame that runs compiled template code."""
    line = None
    while traceback is not None:
        compiled: Any = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(compiled, CompiledTemplate):
            line = compiled.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _first_tag(source_line: str | None) -> int | None:
    """The column of the first tag of a line: where to look when only the line is known."""
    found = re.search(r"\{[{%]", source_line or "")
    return found.start() + 1 if found else 1
