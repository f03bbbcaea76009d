"""What may go wrong in a payload template although it renders: findings with a place and a way out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from destinations.freemarker import tree
from destinations.freemarker.advice import is_cut, is_swallowing
from destinations.freemarker.builtins.refused import REFUSED
from destinations.freemarker.errors import TemplateError
from destinations.freemarker.json_shape import Shape
from destinations.freemarker.reading import Reader, Reference, opening_scope, references
from destinations.freemarker.settings import Settings, settings_from
from destinations.freemarker.source import Source
from destinations.freemarker.template import Template

_JSON_SAFE = frozenset(
    {"c", "cn", "json_string", "size", "length", "long", "counter", "index", "round", "floor", "ceiling"}
)
_ESCAPES = frozenset({"json_string", "js_string", "url", "url_path", "c", "cn"})
_NUMERIC = frozenset(
    {"size", "length", "long", "counter", "index", "round", "floor", "ceiling", "abs", "int", "number"}
)
_SAFE_IN_QUOTES = _ESCAPES | _NUMERIC | {"string", "iso_utc", "iso_utc_ms", "iso_local", "lower_abc", "upper_abc"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to look at. `line` and `column` are 1-based; `tip` says what to write instead."""

    line: int
    column: int
    message: str
    tip: str


def lint(
    source: str,
    *,
    parameters: Collection[str] | None = None,
    name: str = "template",
    settings: Settings | Mapping[str, object] | str | None = None,
) -> list[Finding]:
    """Findings in the order of the source. Raises TemplateError for a template that cannot be read.

    `parameters` are the names that the destination's setup form asks for; None leaves them unchecked.
    `settings` are those that the template will be rendered with.
    """
    root = Template(source, name=name).tree
    linter = _Linter(Source(source, name), settings_from(settings), root)
    try:
        linter.check(root)
    except RecursionError:
        message = "Blocks and expressions are nested too deep (limit: depth)"
        raise TemplateError("limit", message, 1, 1, template_name=name) from None
    for reference in _unknown(references(source, name=name), parameters):
        linter.found.add(reference)
    return sorted(linter.found)


def _unknown(read: list[Reference], parameters: Collection[str] | None) -> list[Finding]:
    if parameters is None:
        return []
    known = ", ".join(parameters) or "none"
    return [
        Finding(
            one.line,
            one.column,
            f"There is no parameter named {one.path[1]}.",
            f"The setup form asks for: {known}.",
        )
        for one in read
        if one.path[0] == "parameters" and len(one.path) > 1 and one.path[1] not in parameters
    ]


class _Linter:
    def __init__(self, source: Source, settings: Settings, root: tree.Root) -> None:
        self.source = source
        self.found: set[Finding] = set()
        self.shape = Shape()
        self.json = _is_json(root.body)
        self.groups = settings.number_format not in {"c", "computer"}
        self.bare_booleans = settings.boolean_format != "true,false"
        self.reader = Reader(source)
        self.scope = opening_scope(root)
        self.balanced = not any(isinstance(node, tree.MacroCall) for node in tree.descendants(root))

    def check(self, root: tree.Root) -> None:
        self._expressions(root)
        self._unused(root)
        if self.json:
            self._walk(root.body)
            self._brackets()

    def add(self, offset: int, message: str, tip: str) -> None:
        self.found.add(Finding(*self.source.position(offset), message, tip))

    def written(self, node: tree.Node) -> str:
        return self.source.excerpt(node.start, node.end)

    # Any template

    def _expressions(self, root: tree.Root) -> None:
        for node in tree.descendants(root):
            if isinstance(node, tree.Default) and is_swallowing(node):
                self._swallowed(node)
            elif isinstance(node, tree.If):
                self._cut_comparisons(node)
            elif isinstance(node, tree.Refused) or (isinstance(node, tree.BuiltIn) and node.name in REFUSED):
                sign = "#" if isinstance(node, tree.Refused) else "?"
                self.add(
                    node.start, f"{sign}{node.name} is never run here.", "Take it out: templates reach only their data."
                )

    def _swallowed(self, node: tree.Default) -> None:
        first = node.fallback
        while isinstance(first, tree.Binary | tree.BuiltIn):
            first = first.left if isinstance(first, tree.Binary) else first.target
        if first is None or node.fallback is None:
            return
        target, rest = self.written(node.target), self.written(node.fallback)
        self.add(
            node.start,
            f"The default swallows all that follows it: this is {target}!({rest}).",
            f"Write parentheses around the part with the default: ({target}!{self.written(first)}).",
        )

    def _cut_comparisons(self, node: tree.If) -> None:
        for branch in node.branches:
            if is_cut(branch) and self.source.text[branch.start : branch.end].endswith(" >"):
                self.add(
                    branch.start,
                    "The tag ends at its first >, so the comparison is cut.",
                    "Write gt for >, gte for >=, or put it in parentheses.",
                )

    def _unused(self, root: tree.Root) -> None:
        read = {node.name for node in tree.descendants(root) if isinstance(node, tree.Variable)}
        text = self.source.text
        if ".vars" in text or ".main" in text or ".namespace" in text or "?eval" in text or ".locals" in text:
            return
        for node in tree.descendants(root):
            targets = [(a.name, a.start) for a in node.assignments] if isinstance(node, tree.Assign) else []
            if isinstance(node, tree.Capture):
                targets = [(node.name, node.start)]
            for assigned, offset in targets:
                if assigned not in read:
                    self.add(offset, f"{assigned} is set and never read.", "Remove it, or print it.")

    # JSON

    def _walk(self, statements: list[tree.Statement]) -> None:
        for node in statements:
            match node:
                case tree.Text():
                    text = node.text if node.verbatim else self.source.text[node.start : node.end]
                    self.shape.read(text, node.start)
                case tree.Interpolation():
                    self._interpolation(node)
                case tree.If():
                    bodies = [branch.body for branch in node.branches]
                    self._branches(node, bodies, whole=node.branches[-1].condition is None)
                case tree.Switch():
                    self._branches(
                        node, [case.body for case in node.cases], whole=any(c.condition is None for c in node.cases)
                    )
                case tree.List():
                    self._branches(node, [node.body], whole=node.otherwise is not None)
                    if node.otherwise is not None:
                        self._branches(node, [node.otherwise.body], whole=True)
                case tree.Attempt():
                    self._branches(node, [node.body, node.recovery.body], whole=True)
                case tree.Items() | tree.Sep() | tree.Compress() | tree.Group():
                    self._walk(node.body)
                case tree.Capture() | tree.Macro():
                    pass
                case tree.Assign():
                    self.reader.visit(node, self.scope)

    def _branches(self, node: tree.Node, bodies: list[list[tree.Statement]], *, whole: bool) -> None:
        before = self.shape.copy()
        ends: list[Shape] = [] if whole else [before]
        for body in bodies:
            self.shape = before.copy()
            self._walk(body)
            ends.append(self.shape)
        if self.balanced and len({end.brackets() for end in ends}) > 1:
            self.add(
                node.start,
                "A branch here opens or closes a bracket that another leaves alone: one of the outcomes is no JSON.",
                "Open and close each bracket in the same branch.",
            )
            self.balanced = False
        if ends:
            self.shape = ends[-1 if whole else min(1, len(ends) - 1)]

    def _interpolation(self, node: tree.Interpolation) -> None:
        value = _unwrapped(node.expression)
        name = value.name if isinstance(value, tree.BuiltIn) else None
        if isinstance(value, tree.Call) and isinstance(value.target, tree.BuiltIn):
            name = value.target.name
        written = self.written(node.expression)
        if self.shape.quoted:
            if name not in _SAFE_IN_QUOTES and self._is_data(value):
                self.add(
                    node.start,
                    f"{written} stands in a quoted text unescaped: a quote mark in it breaks the JSON.",
                    f"Write ${{{_closed(node.expression, written)}?json_string}}.",
                )
            return
        if name in {"json_string", "js_string"}:
            self.add(node.start, f"{written} is text without quotes around it.", 'Put quotes around it: "${...}".')
        elif self.groups and name not in _JSON_SAFE and _may_be_number(value, name):
            self.add(
                node.start,
                f"{written} prints a number with grouping: 1,234 is no JSON.",
                f"Write ${{{_closed(node.expression, written)}?c}}.",
            )
        elif self._is_data(value) and name is None:
            self.add(
                node.start,
                f"{written} stands without quotes: that is JSON only for a number or a boolean.",
                f"Write ${{{_closed(node.expression, written)}?c}}, which quotes text by itself.",
            )

    def _is_data(self, value: tree.Expression) -> bool:
        """Whether text of the data comes out as it is."""
        if isinstance(value, tree.Default):
            return self._is_data(_unwrapped(value.target))
        if isinstance(value, tree.BuiltIn | tree.Call):
            target = value.target
            inner = target.target if isinstance(target, tree.BuiltIn) else target
            return (
                isinstance(value, tree.BuiltIn | tree.Call)
                and not _is_helper(value)
                and self._is_data(_unwrapped(inner))
            )
        if isinstance(value, tree.Binary):
            return value.operator == "+" and any(self._is_data(_unwrapped(v)) for v in (value.left, value.right))
        return isinstance(value, tree.Variable | tree.Dot | tree.Index) and bool(self.reader.path(value, self.scope))

    def _brackets(self) -> None:
        if not self.balanced:
            return
        for bracket, offset in self.shape.open[-1:]:
            self.add(offset, f"This {bracket} is never closed.", f"Close it with {'}' if bracket == '{' else ']'}.")
        for bracket, offset in self.shape.stray[:1]:
            self.add(offset, f"This {bracket} closes nothing.", "Remove it, or open the bracket it belongs to.")


def _is_json(body: list[tree.Statement]) -> bool:
    text = "".join(node.text for node in body if isinstance(node, tree.Text)).lstrip()
    return text[:1] in {"{", "["}


def _unwrapped(node: tree.Expression) -> tree.Expression:
    while isinstance(node, tree.Parentheses):
        node = node.inner
    return node


def _is_helper(node: tree.Expression) -> bool:
    return (
        isinstance(node, tree.Call)
        and isinstance(node.target, tree.Dot)
        and isinstance(node.target.target, tree.Variable)
        and node.target.target.name == "UtilClass"
    )


def _may_be_number(value: tree.Expression, name: str | None) -> bool:
    if isinstance(value, tree.Default):
        return _may_be_number(_unwrapped(value.target), None)
    return isinstance(value, tree.Variable | tree.Dot | tree.Index | tree.Number | tree.Binary) or name in _NUMERIC


def _closed(node: tree.Expression, written: str) -> str:
    """The expression as the operand of a built-in."""
    return f"({written})" if isinstance(node, tree.Default | tree.Binary) else written
