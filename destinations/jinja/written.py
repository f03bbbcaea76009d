"""An expression as its author may have written it, for messages: Jinja2 keeps no source text in its tree."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

from destinations.jinja.faults import Place
from destinations.jinja.positions import line_and_column

_LONGEST = 80
_SIGNS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "notin": "not in"}


def place_of(node: nodes.Expr) -> Place:
    """The expression's text, shortened, and the position of its first token."""
    text = written(node)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return Place(text, *line_and_column(first_token(node).lineno))


def first_token(node: nodes.Expr) -> nodes.Expr:
    """The innermost expression at the left end: Jinja2 places `a.b` at its dot, and `a + b` at its sign."""
    while not isinstance(node, nodes.UnaryExpr | nodes.List):
        inner = getattr(node, "left", None) or getattr(node, "node", None) or getattr(node, "expr", None)
        if not isinstance(inner, nodes.Expr):
            break
        node = inner
    return node


def written(node: nodes.Node | None, depth: int = 0) -> str:
    """The expression as text; what is nested too deep becomes `…`."""
    if node is None or depth > 12:
        return "…" if depth else ""

    def inside(child: nodes.Node | None) -> str:
        return written(child, depth + 1)

    match node:
        case nodes.Name():
            return node.name
        case nodes.NSRef():
            return f"{node.name}.{node.attr}"
        case nodes.Const():
            return _constant(node.value)
        case nodes.Getattr():
            return f"{inside(node.node)}.{node.attr}"
        case nodes.Getitem():
            return f"{inside(node.node)}[{inside(node.arg)}]"
        case nodes.Filter():
            return f"{inside(node.node)}|{node.name}{_arguments(node, inside) if node.args else ''}"
        case nodes.Test():
            return f"{inside(node.node)} is {node.name}"
        case nodes.Call():
            return f"{inside(node.node)}{_arguments(node, inside)}"
        case nodes.BinExpr():
            return f"{inside(node.left)} {node.operator} {inside(node.right)}"
        case nodes.Not():
            return f"not {inside(node.node)}"
        case nodes.UnaryExpr():
            return f"{node.operator}{inside(node.node)}"
        case nodes.Compare():
            return inside(node.expr) + "".join(
                f" {_SIGNS.get(step.op, step.op)} {inside(step.expr)}" for step in node.ops
            )
        case nodes.Concat():
            return " ~ ".join(inside(part) for part in node.nodes[:8])
        case nodes.List() | nodes.Tuple():
            return f"[{', '.join(inside(part) for part in node.items[:8])}]"
        case nodes.Slice():
            return f"{inside(node.start) if node.start else ''}:{inside(node.stop) if node.stop else ''}"
        case _:
            return "…"


def _constant(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:_LONGEST]}"'
    return str(value)[:_LONGEST].lower()


def _arguments(node: nodes.Call | nodes.Filter, inside: Callable[[nodes.Node], str]) -> str:
    return "(" + ", ".join(inside(argument) for argument in node.args[:8]) + ")"
