"""What a template reads: variables, parameters and input paths, with their places."""

from __future__ import annotations

from dataclasses import dataclass

from destinations.freemarker import tree
from destinations.freemarker.errors import TemplateError
from destinations.freemarker.helper_objects import SHARED
from destinations.freemarker.source import Source
from destinations.freemarker.template import Template


@dataclass(frozen=True, slots=True)
class Reference:
    """One reading of the data: `("input", "user_properties", "email")` and where it is written.

    The path ends where a key is only known at run time. `line` and `column` are 1-based.
    """

    path: tuple[str, ...]
    line: int
    column: int


Path = tuple[str | None, ...]
"""Keys from the root; a None at the end says that what follows is only known at run time."""

Scope = dict[str, Path | None]
"""Names the template itself binds: the data path behind each, or None where it is made in the template."""

_PASSES_ON = frozenset(
    {"first", "last", "reverse", "sort", "sort_by", "filter", "drop_while", "take_while", "sequence"}
)


def references(source: str, *, name: str = "template") -> list[Reference]:
    """Every reading of the data, in the order of the source. Raises TemplateError for a template that does not parse.

    `<#assign p = input.user_properties>${p.email}` reads `("input", "user_properties", "email")`. In a list of
    `input.users as user`, `user.id` reads `("input", "users", "id")`: positions in sequences are left out.
    """
    root = Template(source, name=name).tree
    reader = Reader(Source(source, name))
    try:
        reader.visit(root, opening_scope(root))
    except RecursionError:
        message = "Blocks and expressions are nested too deep (limit: depth)"
        raise TemplateError("limit", message, 1, 1, template_name=name) from None
    return sorted(dict.fromkeys(reader.found), key=lambda reference: (reference.line, reference.column))


def opening_scope(root: tree.Root) -> Scope:
    """The names that mean something before anything is assigned: helpers and macros."""
    macros = [node.name for node in tree.descendants(root) if isinstance(node, tree.Macro)]
    return dict.fromkeys((*SHARED, *macros))


class Reader:
    """A walk over the syntax tree that knows, at each node, what the names in reach stand for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Reference] = []
        self.listed: list[Path | None] = []  # the sources of the lists around, for #items

    def visit(self, node: tree.Node, scope: Scope) -> None:
        match node:
            case tree.Variable() | tree.Dot() | tree.Index():
                self._note(node, scope)
            case tree.Call(target=tree.BuiltIn() as built_in):
                self.visit(built_in, scope)
                for argument in node.arguments:
                    self._argument(argument, self.path(built_in.target, scope), scope)
            case tree.Lambda():
                self._argument(node, None, scope)
            case tree.List():
                self._list(node, scope)
            case tree.Items():
                self._all(node.body, scope | _bound(node.names, self.listed[-1] if self.listed else None))
            case tree.Assign():
                for one in node.assignments:
                    if one.value is not None:
                        self.visit(one.value, scope)
                    scope[one.name] = self.path(one.value, scope) if one.value and one.operator == "=" else None
            case tree.Capture():
                self._all(node.body, dict(scope))
                scope[node.name] = None
            case tree.Macro():
                self._macro(node, scope)
            case tree.MacroCall():
                self._call(node, scope)
            case _:
                for child in tree.children(node):
                    self.visit(child, scope)

    def path(self, node: tree.Node, scope: Scope) -> Path | None:
        """The data path of an expression: names, constant keys, and what only passes a value on."""
        match node:
            case tree.Variable():
                return scope.get(node.name, (node.name,))
            case tree.Dot():
                return _further(self.path(node.target, scope), node.key)
            case tree.Index(key=tree.String(value=key)):
                return _further(self.path(node.target, scope), key)
            case tree.Index(key=tree.Number() | tree.Range()):
                return self.path(node.target, scope)
            case tree.Index():
                return _further(self.path(node.target, scope), None)
            case tree.Default():
                return self.path(node.target, scope)
            case tree.Parentheses():
                return self.path(node.inner, scope)
            case tree.BuiltIn(name=name) if name in _PASSES_ON:
                return self.path(node.target, scope)
            case tree.Call(target=tree.BuiltIn() as target):
                return self.path(target, scope)
            case _:
                return None

    def _all(self, body: list[tree.Statement], scope: Scope) -> None:
        for node in body:
            self.visit(node, scope)

    def _note(self, node: tree.Node, scope: Scope) -> None:
        root = node
        while isinstance(root, tree.Dot | tree.Index):
            if isinstance(root, tree.Index) and not isinstance(root.key, tree.String):
                self.visit(root.key, scope)
            root = root.target
        if not isinstance(root, tree.Variable):
            self.visit(root, scope)
        path = self.path(node, scope)
        if path:
            keys = tuple(key for key in path if key is not None)
            self.found.append(Reference(keys, *self.source.position(node.start)))

    def _argument(self, node: tree.Node, listed: Path | None, scope: Scope) -> None:
        if isinstance(node, tree.Lambda):
            self.visit(node.body, scope | {node.parameter: listed})
        else:
            self.visit(node, scope)

    def _list(self, node: tree.List, scope: Scope) -> None:
        self.visit(node.source, scope)
        source = self.path(node.source, scope)
        self.listed.append(source)
        self._all(node.body, scope | _bound(node.names or (), source))
        self.listed.pop()
        if node.otherwise is not None:
            self.visit(node.otherwise, dict(scope))

    def _macro(self, node: tree.Macro, scope: Scope) -> None:
        scope[node.name] = None
        inner = scope | dict.fromkeys(one.name for one in node.parameters)
        if node.rest:
            inner[node.rest] = None
        for parameter in node.parameters:
            if parameter.default is not None:
                self.visit(parameter.default, inner)
        self._all(node.body, inner)

    def _call(self, node: tree.MacroCall, scope: Scope) -> None:
        for expression in (node.target, *node.positional, *(value for _, value in node.named)):
            self.visit(expression, scope)
        self._all(node.content or [], scope | dict.fromkeys(node.names))


def _bound(names: tuple[str, ...], source: Path | None) -> Scope:
    """Loop variables: an item of a sequence, or the key and the value of a hash."""
    return {names[0]: source} if len(names) == 1 else dict.fromkeys(names)


def _further(path: Path | None, key: str | None) -> Path | None:
    return path if not path or path[-1] is None else (*path, key)
