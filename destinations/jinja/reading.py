"""What a Jinja2 template reads of its data, for the pages that list used parameters and input fields."""

from __future__ import annotations

from jinja2 import nodes

from destinations.freemarker.reading import Reference
from destinations.jinja.errors import translated
from destinations.jinja.globals import GLOBALS
from destinations.jinja.methods import METHODS
from destinations.jinja.positions import line_and_column
from destinations.jinja.template import parsed

Path = tuple[str | None, ...]
"""Keys from the root; a None at the end says that what follows is only known at run time."""

_METHODS = frozenset().union(*METHODS.values())
Scope = dict[str, Path | None]
"""Names the template itself binds: the data path behind each, or None where it is made in the template."""


def references(source: str, *, name: str = "template") -> list[Reference]:
    """Every reading of the data, in the order of the source; raises `TemplateError` of kind `parse`.

    `{% set p = input.user_properties %}{{ p.email }}` reads `("input", "user_properties", "email")`. In a
    loop over `input.users`, `user.id` reads `("input", "users", "id")`: positions in lists are left out.
    """
    try:
        tree = parsed(source)
        reader = Reader()
        reader.read(tree.body, opening_scope())
    except Exception as error:
        raise translated(error, source, name) from None
    found = dict.fromkeys(reader.found)
    return sorted(found, key=lambda reference: (reference.line, reference.column))


def opening_scope() -> Scope:
    """The names that every template has."""
    return dict.fromkeys((*GLOBALS, "loop", "caller", "varargs", "kwargs", "self", "super"))


class Reader:
    """A walk over the syntax tree that knows, at each node, what the names in reach stand for."""

    def __init__(self) -> None:
        self.found: list[Reference] = []

    def read(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            self.visit(node, scope)

    def visit(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                self._note(node, scope)
            case nodes.Call(node=nodes.Getattr(attr=name) as method) if name in _METHODS:
                self.visit(method.node, scope)
                for argument in node.iter_child_nodes(exclude=("node",)):
                    self.visit(argument, scope)
            case nodes.For():
                self.visit(node.iter, scope)
                self.read(node.else_, dict(scope))
                inner = dict(scope)
                _bind(node.target, self.path(node.iter, scope), inner)
                if node.test is not None:
                    self.visit(node.test, inner)
                self.read(node.body, inner)
            case nodes.Assign():
                self.visit(node.node, scope)
                _bind(node.target, self.path(node.node, scope), scope)
            case nodes.AssignBlock():
                self.read(node.body, dict(scope))
                _bind(node.target, None, scope)
            case nodes.With():
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    self.visit(value, scope)
                    _bind(target, self.path(value, scope), inner)
                self.read(node.body, inner)
            case nodes.Macro() | nodes.CallBlock():
                for default in node.defaults:
                    self.visit(default, scope)
                if isinstance(node, nodes.CallBlock):
                    self.visit(node.call, scope)
                else:
                    scope[node.name] = None
                inner = dict(scope)
                for argument in node.args:
                    _bind(argument, None, inner)
                self.read(node.body, inner)
            case _:
                for child in node.iter_child_nodes():
                    self.visit(child, scope)

    def _note(self, node: nodes.Expr, scope: Scope) -> None:
        for index in _indexes(node):
            self.visit(index, scope)
        root = _root(node)
        if not isinstance(root, nodes.Name):
            self.visit(root, scope)
            return
        path = self.path(node, scope)
        if path and root.ctx == "load":
            keys = tuple(key for key in path if key is not None)
            self.found.append(Reference(keys, *line_and_column(root.lineno)))

    def path(self, node: nodes.Node, scope: Scope) -> Path | None:
        """The data path of an expression: names, constant keys, and what only passes a value on."""
        match node:
            case nodes.Name():
                return scope.get(node.name, (node.name,))
            case nodes.Getattr():
                return _further(self.path(node.node, scope), node.attr)
            case nodes.Getitem(arg=nodes.Const(value=str() as key)):
                return _further(self.path(node.node, scope), key)
            case nodes.Getitem(arg=nodes.Const() | nodes.Slice() | nodes.Neg()):
                return self.path(node.node, scope)
            case nodes.Getitem():
                return _further(self.path(node.node, scope), None)
            case nodes.Filter(name="default" | "d" | "list" | "sort" | "reverse", node=nodes.Expr() as inner):
                return self.path(inner, scope)
            case _:
                return None


def _further(path: Path | None, key: str | None) -> Path | None:
    return path if not path or path[-1] is None else (*path, key)


def _bind(target: nodes.Node, path: Path | None, scope: Scope) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = path
    for child in target.iter_child_nodes():
        _bind(child, None, scope)


def _root(node: nodes.Expr) -> nodes.Expr:
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        node = node.node
    return node


def _indexes(node: nodes.Expr) -> list[nodes.Expr]:
    """The computed keys along an access chain."""
    found: list[nodes.Expr] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            found.append(node.arg)
        node = node.node
    return found
