"""`#outputformat`, `#autoesc`, `#noautoesc`: what escapes interpolations by itself."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.output_formats import ESCAPING, known_format
from destinations.freemarker.parser import Parser


def parse_output_format(parser: Parser) -> tree.Group:
    tag = parser.advance()
    chosen = known_format(expression(parser))
    parser.expect_tag_end()
    outer = parser.output_format
    parser.output_format = chosen
    body = parser.block()
    parser.output_format = outer
    end = parser.close(tag, "outputformat")
    return tree.Group(tag.start, end.end, body)


def parse_auto_escaping(parser: Parser) -> tree.Group:
    tag = parser.advance()
    parser.advance()
    escapes = tag.value == "autoesc"
    if escapes and parser.output_format not in ESCAPING:
        message = f"#autoesc needs an output format that escapes, such as HTML; here it is {parser.output_format}"
        raise SyntaxFault(message, tag.start, tag.end, 'put it in <#outputformat "HTML">')
    outer = parser.auto_escaping
    parser.auto_escaping = escapes
    body = parser.block()
    parser.auto_escaping = outer
    end = parser.close(tag, tag.value)
    return tree.Group(tag.start, end.end, body)


def compile_group(c: Compiler, node: tree.Group) -> None:
    c.block(node.body)
