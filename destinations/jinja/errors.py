"""From whatever parsing or rendering raised to the one `TemplateError`, with its line and a tip."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from jinja2.environment import Template as CompiledTemplate
from jinja2.exceptions import TemplateSyntaxError

from destinations.freemarker.errors import Kind, TemplateError
from destinations.jinja.faults import Fault
from destinations.jinja.positions import line_and_column

_TOO_DEEP = "The template nests too deeply."


def translated(error: BaseException, source: str, name: str) -> TemplateError:
    """The `TemplateError` that says what `error` means; `name` is what the author calls the template."""
    kind, message, tip = _words(error)
    line, column, expression = _place(error)
    lines = source.split("\n")
    source_line = lines[line - 1] if line is not None and line <= len(lines) else None
    return TemplateError(kind, message, line, column, expression, tip, template_name=name, source_line=source_line)


def _words(error: BaseException) -> tuple[Kind, str, str | None]:
    match error:
        case Fault():
            return error.kind, error.message, error.tip
        case TemplateSyntaxError():
            message = re.sub(r" at \d+$", "", error.message or "The template cannot be read.").rstrip(".") + "."
            return "parse", message[:1].upper() + message[1:], _parse_tip(message)
        case RecursionError():
            return "limit", _TOO_DEEP, "Split long expressions with {% set %}."
        case MemoryError():
            return "limit", "The template asks for more memory than there is.", None
        case SyntaxError():  # of the generated Python: IndentationError, too many nested blocks
            return "limit", _TOO_DEEP, "Nest fewer ifs, loops and parentheses."
        case ZeroDivisionError():
            return "other", "The template divides by zero.", "Test the divisor first: {% if n %}."
        case ValueError() if "int_max_str_digits" in str(error):
            return "limit", "A number has too many digits.", None
        case OverflowError():
            return "other", "A number grew beyond what can be computed.", None
        case _:
            return "other", _python_words(error), _python_tip(str(error))


def _python_words(error: BaseException) -> str:
    text = re.sub(r"\b_?(\w+)\.<locals>\.|<lambda>\(\)", "", str(error))[:200] or type(error).__name__
    return f"This cannot be done: {text}."


def _python_tip(text: str) -> str | None:
    for pattern, tip in _PYTHON_TIPS:
        if pattern in text:
            return tip
    return None


_PYTHON_TIPS = (("unary", "Write x|int or x|float to read a number out of text."),)


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
    (r"char '!'", "Write not x in place of !x, and x | default('') in place of x!."),
    (r"char '\?'", "This is FreeMarker's sign. Write x | default('') or x is defined."),
    (r"char '\$'", "Write {{ x }} in place of ${x}."),
    (r"end of print statement", "Between {{ and }} stands one expression; join texts with ~."),
    (r"end of statement block", "Between {% and %} stands one statement."),
    (r"end of comment", "A comment that starts with {# ends with #}."),
    (r"end of template", "Something opened is not closed: look for a lost {% end... %} or }}."),
)


def _place(error: BaseException) -> tuple[int | None, int | None, str | None]:
    """Line, column and expression: from the error itself, or else from the template code that was running."""
    if isinstance(error, Fault) and error.place is not None and error.place.line:
        return error.place.line, error.place.column, error.place.text or None
    if isinstance(error, TemplateSyntaxError):
        return *line_and_column(error.lineno), None
    position = _running(error.__traceback__)
    if position is None:
        return None, None, None
    return *line_and_column(position), None


def _running(traceback: TracebackType | None) -> int | None:
    """The position of the innermost piece of compiled template in the traceback."""
    position = None
    while traceback is not None:
        compiled: Any = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(compiled, CompiledTemplate):
            position = compiled.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return position
