"""From source to a compiled template, and the cache of those."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from types import CodeType
from typing import Any

from destinations.freemarker import tree, whitespace
from destinations.freemarker.builtins.refused import REFUSED
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.engine_names import NAMES
from destinations.freemarker.errors import Kind
from destinations.freemarker.expressions import expression
from destinations.freemarker.faults import Fault, FaultHere, Missing, SyntaxFault
from destinations.freemarker.lexer import Lexer
from destinations.freemarker.limits import DEFAULTS, Limits
from destinations.freemarker.parser import Parser
from destinations.freemarker.python_code import Site
from destinations.freemarker.run import Run
from destinations.freemarker.source import Source
from destinations.freemarker.values import Value

TEMPLATE_FILE = "<template>"
_EXPRESSION_FILE = "<template expression>"
_MARK = re.compile(r"\s*#(\d+)\s*")
_CACHED_CHARACTERS = 512 * 1024


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template ready to run, and how its Python maps back to the source."""

    root: tree.Root
    code: str
    constants: dict[str, object]
    run: Callable[[Run, dict[str, Value], list[str]], None]
    sites: list[Site]
    site_of_line: list[int | None]
    refused: tree.Node | None


def parse(source: Source, limits: Limits = DEFAULTS) -> tree.Root:
    """The tree of a template. Raises SyntaxFault."""
    text = source.text
    if len(text) > limits.template_characters:
        message = f"The template has more than {limits.template_characters:,} characters (limit: template_characters)"
        raise SyntaxFault(message, 0, kind="limit")
    lexer = Lexer(text)
    parser = Parser(lexer, lexer.template(), limits)
    body = parser.template()
    whitespace.strip(body, source, enabled=parser.strip_white_space)
    return tree.Root(0, len(text), body)


def compile_template(source: Source, limits: Limits = DEFAULTS) -> Compiled:
    """Parse and compile. Raises SyntaxFault."""
    root = parse(source, limits)
    compiler = Compiler(root)
    code = compiler.template(root.body)
    function = _executed(compile(code, TEMPLATE_FILE, "exec"), compiler.constants.values)
    lines = _sites_of_lines(code)
    return Compiled(root, code, compiler.constants.values, function, compiler.sites, lines, refused_node(root))


def _executed(code: CodeType, constants: dict[str, object]) -> Callable[..., Any]:
    names: dict[str, Any] = {"__builtins__": {}, **NAMES, **constants}
    exec(code, names)  # noqa: S102 - our own source; nothing of the template is in it but counted names
    function: Callable[..., Any] = names["template"]
    return function


def _sites_of_lines(code: str) -> list[int | None]:
    """For each line of the Python, the site that the nearest mark before it in the same function names."""
    found: list[int | None] = [None]
    current: int | None = None
    for line in code.split("\n"):
        if mark := _MARK.fullmatch(line):
            current = int(mark[1])
        elif line.lstrip().startswith("def "):
            current = None
        found.append(current)
    return found


def refused_node(root: tree.Root) -> tree.Node | None:
    """The first thing in a template that is parsed and never run."""
    for node in tree.descendants(root):
        if isinstance(node, tree.Refused):
            return node
        if isinstance(node, tree.BuiltIn) and node.name in REFUSED:
            return node
        if isinstance(node, tree.Special) and node.name == "get_optional_template":
            return node
    return None


class Cache:
    """Compiled templates by their text, the least recently used dropped first. Shared between threads."""

    def __init__(self, characters: int = _CACHED_CHARACTERS) -> None:
        self._room = characters
        self._entries: OrderedDict[tuple[str, int], Compiled] = OrderedDict()
        self._lock = Lock()

    def get(self, source: Source, limits: Limits) -> Compiled:
        """The template compiled, now or earlier. Raises SyntaxFault."""
        key = (source.text, limits.depth)
        with self._lock:
            if key in self._entries and len(source.text) <= limits.template_characters:
                self._entries.move_to_end(key)
                return self._entries[key]
        compiled = compile_template(source, limits)
        with self._lock:
            if key not in self._entries:
                self._entries[key] = compiled
                self._room -= len(source.text)
            while self._room < 0 and self._entries:
                (dropped, _), _ = self._entries.popitem(last=False)
                self._room += len(dropped)
        return compiled


# Expressions for ?eval


@lru_cache(maxsize=64)
def _compiled_expression(text: str, limits: Limits) -> Callable[..., Value]:
    lexer = Lexer(text)
    parser = Parser(lexer, lexer.expression(), limits)
    parsed = expression(parser)
    if parser.current.kind != "eof":
        raise parser.unexpected("the end of the expression was expected")
    root = tree.Root(0, len(text), [tree.Interpolation(0, len(text), parsed)])
    if refused_node(root):
        raise Fault("refused", "The text for ?eval uses what templates may not")
    compiler = Compiler(root, evaluated=True)
    code = compiler.evaluated_expression(parsed)
    return _executed(compile(code, _EXPRESSION_FILE, "exec"), compiler.constants.values)


def evaluate(text: str, run: Run, names: dict[str, Value]) -> Value:
    """`?eval` of a text in a scope. Raises Fault; the places within the text mean nothing outside of it."""
    try:
        return _compiled_expression(text, run.limits)(run, names)
    except SyntaxFault as fault:
        kind: Kind = "limit" if fault.kind == "limit" else "other"
        raise FaultHere(kind, f"The text for ?eval is no expression: {fault.message}", None, fault.tip) from None
    except Missing as fault:
        raise Missing(f"In the text for ?eval: {fault.message}") from None
    except Fault as fault:
        if fault.kind == "limit":
            raise
        raise Fault(fault.kind, f"In the text for ?eval: {fault.message}", None, fault.tip) from None
