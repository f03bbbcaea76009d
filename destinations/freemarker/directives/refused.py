"""Directives that this engine parses and never runs."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression, starts_expression
from destinations.freemarker.parser import Parser


def parse(parser: Parser) -> tree.Refused:
    tag = parser.advance()
    parameters: list[tree.Expression] = []
    while parser.current.kind not in {"tag_end", "empty_end"}:
        if starts_expression(parser):
            parameters.append(expression(parser))
        elif parser.current.kind == "keyword" or parser.current.value in {",", "=", ";"}:
            parser.advance()
        else:
            raise parser.unexpected("the end of the tag was expected")
    end = parser.advance()
    if tag.value == "transform" and end.kind == "tag_end":
        parser.block()
        end = parser.close(tag, "transform")
    return tree.Refused(tag.start, end.end, tag.value, parameters)


def compile_refused(c: Compiler, node: tree.Refused) -> None:
    """Never reached: a template with one of these is refused before it runs."""
