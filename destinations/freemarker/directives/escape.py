"""`#escape x as expression`: every `${...}` written inside becomes the expression of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from destinations.freemarker import tree
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.output_formats import ESCAPING

if TYPE_CHECKING:
    from destinations.freemarker.parser import Parser


def parse(parser: Parser) -> tree.Group:
    from destinations.freemarker.expressions import expression
    from destinations.freemarker.names import unescaped

    tag = parser.advance()
    if parser.auto_escaping and parser.output_format in ESCAPING:
        message = f"#escape would escape twice: the output format {parser.output_format} escapes by itself"
        raise SyntaxFault(message, tag.start, tag.end, "leave it out")
    name = unescaped(parser.expect("name", None, "a name").value)
    parser.expect("keyword", "as", "as")
    form = expression(parser)
    parser.expect_tag_end()
    parser.escapes.append(tree.Lambda(form.start, form.end, name, escaped(parser, form)))
    body = parser.block()
    parser.escapes.pop()
    end = parser.close(tag, "escape")
    return tree.Group(tag.start, end.end, body)


def parse_no_escape(parser: Parser) -> tree.Group:
    tag = parser.advance()
    parser.advance()
    if not parser.escapes:
        raise SyntaxFault("#noescape may only stand in an #escape", tag.start, tag.end)
    lifted = parser.escapes.pop()
    body = parser.block()
    parser.escapes.append(lifted)
    end = parser.close(tag, "noescape")
    return tree.Group(tag.start, end.end, body)


def escaped(parser: Parser, value: tree.Expression) -> tree.Expression:
    """The value as the innermost `#escape` transforms it."""
    if not parser.escapes:
        return value
    escape = parser.escapes[-1]
    replaced: tree.Expression = _replaced(escape.body, escape.parameter, value)
    return replaced


def _replaced(node: Any, name: str, value: tree.Expression) -> Any:
    """A copy of the expression with every use of the name replaced."""
    if isinstance(node, tree.Variable) and node.name == name:
        return value
    if isinstance(node, tree.Node):
        changes = {
            field.name: _replaced(getattr(node, field.name), name, value)
            for field in fields(node)
            if field.name not in {"start", "end"}
        }
        return replace(node, **changes)
    if isinstance(node, list):
        return [_replaced(item, name, value) for item in node]
    if isinstance(node, tuple):
        return tuple(_replaced(item, name, value) for item in node)
    return node
