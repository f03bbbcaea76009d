"""The pass over Jinja2's syntax tree before it is compiled: refuse, bound, and route through our checks.

Every operation that could grow or wander is replaced by a filter of `RUNTIME`, whose names an author
cannot write: `a.b` becomes `a|(attribute)`, `a + b` becomes `a|(add)`, a loop walks `xs|(walk)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from destinations.jinja import access, arithmetic, capture, comparison, loops
from destinations.jinja.faults import Fault, Place
from destinations.jinja.filters import FILTERS, REFUSED_FILTERS
from destinations.jinja.positions import line_and_column
from destinations.jinja.predicates import TESTS
from destinations.jinja.written import first_token, place_of

RUNTIME = {
    "(print)": capture.printed,
    "(capture)": capture.captured,
    "(build)": capture.built,
    "(key)": capture.key,
    "(namespace)": capture.namespace,
    "(macro)": capture.defined_macro,
    "(attribute)": access.attribute,
    "(item)": access.item,
    "(slice)": access.part,
    "(walk)": loops.walked,
    "(spread)": loops.spread,
    "(mapping)": loops.spread_mapping,
    "(compare)": comparison.compare,
    "(concat)": arithmetic.concatenate,
    "(+)": arithmetic.add,
    "(-)": arithmetic.subtract,
    "(*)": arithmetic.multiply,
    "(/)": arithmetic.divide,
    "(//)": arithmetic.floor_divide,
    "(%)": arithmetic.modulo,
    "(**)": arithmetic.power,
}

MAX_NESTING = 100
"""Blocks and expressions within each other: beyond, Python could not compile the result."""

MAX_NESTED_LOOPS = 16

_SCALAR_CONSTANT = (str, int, float, bool, type(None))
_OTHER_TEMPLATES: dict[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from ... import",
    nodes.Extends: "extends",
    nodes.Block: "block",
}


def guarded(tree: nodes.Template) -> nodes.Template:
    """The same template with every check in place; raises a `refused` or `limit` fault."""
    guard = _Guard()
    tree.body = guard.bodies(tree.body)
    return tree.set_environment(tree.environment)  # type: ignore[arg-type, return-value]


class _Guard(NodeTransformer):
    def __init__(self) -> None:
        self.depth = 0
        self.loops = 0
        self.captures = 0

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        self.depth += 1
        if self.depth > MAX_NESTING:
            message = f"The template nests deeper than {MAX_NESTING} levels."
            raise Fault("limit", message, None, _position(node))
        try:
            return super().visit(node, *args, **kwargs)
        finally:
            self.depth -= 1

    def bodies(self, body: Iterable[nodes.Node]) -> list[nodes.Node]:
        """A list of statements, each visited; one may become several."""
        result: list[nodes.Node] = []
        for node in body:
            visited = self.visit(node)
            result.extend(visited if isinstance(visited, list) else [visited])
        return result

    # -- Statements

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        if not self.captures:
            node.nodes = [
                child if isinstance(child, nodes.TemplateData) else _call("(print)", self.visit(child))
                for child in node.nodes
            ]
            return node
        children: list[nodes.Expr] = []
        constant = 0
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                constant += len(child.data)
                children.append(child)
            else:
                children.append(_call("(capture)", self.visit(child), constant))
                constant = 0
        if constant:
            children.append(_call("(capture)", nodes.Const("", lineno=node.lineno), constant))
        node.nodes = children
        return node

    def visit_For(self, node: nodes.For) -> nodes.For:
        weight = sum(1 for _ in _descendants(node))
        node.iter = _call("(walk)", self.visit(node.iter), weight)
        self.loops += 1
        self.captures += bool(node.recursive)
        if self.loops > MAX_NESTED_LOOPS:
            message = f"More than {MAX_NESTED_LOOPS} loops within each other."
            raise Fault("limit", message, None, _position(node))
        if node.test is not None:
            node.test = self.visit(node.test)
        node.body = self.bodies(node.body)
        self.loops -= 1
        node.else_ = self.bodies(node.else_)
        self.captures -= bool(node.recursive)
        return node

    def visit_Assign(self, node: nodes.Assign) -> list[nodes.Node]:
        checks = []
        for target in [node.target, *node.target.find_all(nodes.NSRef)]:
            if isinstance(target, nodes.NSRef):
                holder = nodes.Name(target.name, "load", lineno=target.lineno)
                check = _call("(namespace)", holder, tuple_of(place_of(target)))
                checks.append(nodes.ExprStmt(check, lineno=target.lineno))
        node.node = self.visit(node.node)
        return [*checks, node]

    def visit_Macro(self, node: nodes.Macro) -> list[nodes.Node]:
        charge = _call("(macro)", nodes.Const(None, lineno=node.lineno))
        return [nodes.ExprStmt(charge, lineno=node.lineno), self._captured(node)]

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.CallBlock:
        node.call = self.visit(node.call)
        return self._captured(node, "call")

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.AssignBlock:
        return self._captured(node)

    def visit_FilterBlock(self, node: nodes.FilterBlock) -> nodes.FilterBlock:
        self._captured(node)
        node.filter = _call("(capture)", node.filter, 0) if self.captures else _call("(print)", node.filter)
        return node

    def _captured(self, node: Any, *done: str) -> Any:
        """A statement whose body is kept as text. A macro's body is a function: loops around do not count."""
        self.captures += 1
        loops, self.loops = self.loops, 0
        node.body = self.bodies(node.body)
        self.captures -= 1
        self.loops = loops
        for name, value in node.iter_fields(exclude=("body", "args", "target", *done)):
            if isinstance(value, nodes.Node):
                setattr(node, name, self.visit(value))
            elif name == "defaults":
                node.defaults = [self.visit(default) for default in value]
        return node

    def visit_ScopedEvalContextModifier(self, node: nodes.ScopedEvalContextModifier) -> nodes.Node:
        tip = "Payloads are not HTML: write |tojson for JSON, |urlencode for a form."
        raise Fault("refused", "autoescape is not available in payload templates.", tip, _position(node))

    def _refuse(self, node: nodes.Node) -> nodes.Node:
        name = _OTHER_TEMPLATES[type(node)]
        message = f"{name} is not available: a payload template stands alone."
        raise Fault("refused", message, "Use a macro for what is repeated.", _position(node))

    visit_Include = visit_Import = visit_FromImport = visit_Extends = visit_Block = _refuse

    # -- Expressions

    def visit_Const(self, node: nodes.Const) -> nodes.Const:
        if isinstance(node.value, float) and not isfinite(node.value):
            raise Fault("limit", "This number is too large.", None, _position(node))
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Expr:
        place = place_of(node)
        return _call("(attribute)", self.visit(node.node), node.attr, tuple_of(place))

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:
        place = place_of(node)
        value = self.visit(node.node)
        if isinstance(node.arg, nodes.Slice):
            bounds = (node.arg.start, node.arg.stop, node.arg.step)
            return _call("(slice)", value, *(None if bound is None else self.visit(bound) for bound in bounds))
        return _call("(item)", value, self.visit(node.arg), tuple_of(place))

    def _operation(self, node: nodes.BinExpr) -> nodes.Expr:
        place = place_of(node)
        return _call(f"({node.operator})", self.visit(node.left), self.visit(node.right), tuple_of(place))

    visit_Add = visit_Sub = visit_Mul = visit_Div = visit_FloorDiv = visit_Mod = _operation

    def visit_Pow(self, node: nodes.Pow) -> nodes.Expr:
        if isinstance(node.left, nodes.Pow):
            tip = "Take one power at a time, with {% set %}."
            raise Fault("limit", "A power of a power is not computed.", tip, place_of(node))
        return self._operation(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        parts = [self.visit(part) for part in node.nodes]
        return _call("(concat)", nodes.List(parts, lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Expr:
        constant = any(isinstance(side, nodes.Const) for side in (node.expr, node.ops[0].expr))
        if len(node.ops) == 1 and node.ops[0].op in ("eq", "ne") and constant:
            node.expr = self.visit(node.expr)
            node.ops[0].expr = self.visit(node.ops[0].expr)
            return node  # a constant ends the comparison at once
        steps: list[Any] = []
        for step in node.ops:
            steps += (step.op, self.visit(step.expr))
        return _call("(compare)", self.visit(node.expr), *steps)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        if node.ctx != "load":
            return node
        return self.visit_List(nodes.List(node.items, lineno=node.lineno))

    def visit_List(self, node: nodes.List) -> nodes.Expr:
        node.items = [self.visit(item) for item in node.items]
        return _call("(build)", node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:
        for pair in node.items:
            pair.value = self.visit(pair.value)
            if not isinstance(pair.key, nodes.Const):
                pair.key = _call("(key)", self.visit(pair.key))
        return _call("(build)", node)

    def visit_Call(self, node: nodes.Call) -> nodes.Call:
        return self._with_arguments(node)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Filter:
        _known(node, "filter", FILTERS, REFUSED_FILTERS)
        return self._with_arguments(node)

    def visit_Test(self, node: nodes.Test) -> nodes.Test:
        _known(node, "test", TESTS, {})
        return self._with_arguments(node)

    def _with_arguments(self, node: Any) -> Any:
        self.generic_visit(node)
        if node.dyn_args is not None:
            node.dyn_args = _call("(spread)", node.dyn_args)
        if node.dyn_kwargs is not None:
            node.dyn_kwargs = _call("(mapping)", node.dyn_kwargs)
        return node


def tuple_of(place: Place) -> nodes.Const:
    """A place as a constant of the compiled template."""
    return nodes.Const(tuple(place))


def _call(name: str, value: nodes.Expr, *arguments: Any) -> nodes.Filter:
    """A call of one of our functions, at the position of `value`."""
    wrapped = [argument if isinstance(argument, nodes.Expr) else nodes.Const(argument) for argument in arguments]
    return nodes.Filter(value, name, wrapped, [], None, None, lineno=first_token(value).lineno)


def _known(node: Any, what: str, offered: Mapping[str, Any], refused: Mapping[str, str]) -> None:
    if node.name in offered:
        return
    place = Place(node.name, *_position(node)[1:])
    if node.name in refused:
        raise Fault("refused", f"The {what} {node.name} is not available.", refused[node.name], place)
    near = get_close_matches(node.name, offered, 1)
    raise Fault("parse", f"There is no {what} {node.name}.", f"Did you mean {near[0]}?" if near else None, place)


def _position(node: nodes.Node) -> Place:
    return Place("", *line_and_column(node.lineno))


def _descendants(node: nodes.Node) -> Iterable[nodes.Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(current.iter_child_nodes())
