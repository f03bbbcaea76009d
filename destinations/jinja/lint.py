"""What may go wrong in a Jinja2 payload template although it renders: findings with a place and a way out."""

from __future__ import annotations

from collections.abc import Collection

from jinja2 import nodes

from destinations.freemarker.lint import Finding
from destinations.jinja.errors import translated
from destinations.jinja.positions import line_and_column
from destinations.jinja.reading import Reader, Scope, opening_scope
from destinations.jinja.template import parsed
from destinations.jinja.written import place_of

VARIABLES = ("input", "parameters", "mappedProperties", "mappedFields")
"""What a payload template is given."""

_PASSING_FILTERS = frozenset(
    {"capitalize", "d", "default", "first", "join", "last", "lower", "replace", "reverse", "string"}
    | {"title", "trim", "truncate", "upper"}
)
"""Filters that let a quote mark through."""


def lint(source: str, *, parameters: Collection[str] | None = None, name: str = "template") -> list[Finding]:
    """Findings in the order of the source; raises `TemplateError` for a template that cannot be read.

    `parameters` are the names that the destination's setup form asks for; None leaves them unchecked.
    """
    try:
        tree = parsed(source)
        linter = _Linter(_is_json(tree))
        linter.read(tree.body, opening_scope())
    except Exception as error:
        raise translated(error, source, name) from None
    return sorted({*linter.findings, *_unknown(linter, parameters), *_unused(tree)})


class _Linter(Reader):
    """Follows the quotes of the JSON around the holes. Every branch of a condition starts as the first one does."""

    def __init__(self, json: bool) -> None:
        super().__init__()
        self.findings: set[Finding] = set()
        self._json = json
        self._quoted = False

    def visit(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    if isinstance(part, nodes.TemplateData):
                        self._quoted = _quoted_after(part.data, self._quoted)
                    else:
                        self._check(part, scope)
                        super().visit(part, scope)
            case nodes.If():
                self.visit(node.test, scope)
                before = self._quoted
                self.read(node.body, scope)
                after = self._quoted
                for other in node.elif_:
                    self._quoted = before
                    self.visit(other, scope)
                self._quoted = before
                self.read(node.else_, scope)
                self._quoted = after
            case nodes.AssignBlock() | nodes.Macro() | nodes.CallBlock() | nodes.FilterBlock():
                json, self._json, quoted = self._json, False, self._quoted
                super().visit(node, scope)
                self._json, self._quoted = json, quoted
            case _:
                super().visit(node, scope)

    def _check(self, node: nodes.Expr, scope: Scope) -> None:
        if not self._json or not self._quoted:
            return
        place = place_of(node)
        if isinstance(node, nodes.Filter) and node.name == "tojson":
            message = f"{place.text} brings quotes of its own into a quoted text."
            self._add(node, message, "Take the quotes around it away, or write |json_string.")
        elif self._bare(node, scope):
            message = f"{place.text} stands in a quoted text unescaped: a quote mark in it breaks the JSON."
            self._add(node, message, f"Write {place.text} | json_string.")

    def _add(self, node: nodes.Expr, message: str, tip: str) -> None:
        place = place_of(node)
        self.findings.add(Finding(place.line, place.column or 1, message, tip))

    def _bare(self, node: nodes.Node | None, scope: Scope) -> bool:
        """Whether text of the data comes out as it is."""
        match node:
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                return bool(self.path(node, scope))
            case nodes.Filter():
                return node.name in _PASSING_FILTERS and self._bare(node.node, scope)
            case nodes.Concat():
                return any(self._bare(part, scope) for part in node.nodes)
            case nodes.Add():
                return self._bare(node.left, scope) or self._bare(node.right, scope)
            case nodes.CondExpr():
                return self._bare(node.expr1, scope) or self._bare(node.expr2, scope)
            case _:
                return False


def _is_json(tree: nodes.Template) -> bool:
    """Whether the first text that the template puts out opens JSON."""
    for data in tree.find_all(nodes.TemplateData):
        text = data.data.strip()
        if text:
            return text[0] in "{["
    return False


def _quoted_after(text: str, quoted: bool) -> bool:
    """Whether the end of `text` is between JSON's quotes."""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
    return quoted


def _unknown(linter: _Linter, parameters: Collection[str] | None) -> set[Finding]:
    """Variables that no template is given, and parameters that this destination does not ask for."""
    found = set()
    for reading in linter.found:
        root, *keys = reading.path
        if root not in VARIABLES:
            tip = f"Templates are given {', '.join(VARIABLES[:-1])} and {VARIABLES[-1]}."
            found.add(Finding(reading.line, reading.column, f"There is no variable {root}.", tip))
        elif root == "parameters" and keys and parameters is not None and keys[0] not in parameters:
            message = f"The destination has no parameter {keys[0]}."
            tip = f"It has: {', '.join(sorted(parameters)) or 'none'}."
            found.add(Finding(reading.line, reading.column, message, tip))
    return found


def _unused(tree: nodes.Template) -> set[Finding]:
    """Variables and macros that are set and never read."""
    read = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}
    found = set()
    for statement in tree.find_all((nodes.Assign, nodes.AssignBlock, nodes.Macro)):
        for name in _names_set(statement):
            if name not in read:
                place = line_and_column(statement.lineno)
                found.add(Finding(*place, f"{name} is set and never used.", "Take it out, or print it."))
    return found


def _names_set(statement: nodes.Stmt) -> list[str]:
    if isinstance(statement, nodes.Macro):
        return [statement.name]
    if isinstance(statement, nodes.Assign | nodes.AssignBlock):
        targets = [statement.target, *statement.target.find_all(nodes.Name)]
        return [target.name for target in targets if isinstance(target, nodes.Name)]
    return []
