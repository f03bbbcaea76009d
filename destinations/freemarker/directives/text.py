"""Plain text, comments, and the tags that only matter to white space."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.parser import Parser


def parse_trim(parser: Parser) -> tree.Trim:
    tag = parser.advance()
    return tree.Trim(tag.start, parser.advance().end, tag.value)


def parse_flush(parser: Parser) -> tree.Flush:
    tag = parser.advance()
    return tree.Flush(tag.start, parser.advance().end)


def compile_text(c: Compiler, node: tree.Text) -> None:
    if node.text:
        c.function.print(c.constant(node.text))


def compile_nothing(c: Compiler, node: tree.Statement) -> None:
    pass
