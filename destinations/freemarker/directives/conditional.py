"""`#if`, `#elseif`, `#else`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.formulas import condition
from destinations.freemarker.parser import Parser

_CHAIN = 30
"""Python nests an elif chain; a longer one goes on in a function of its own."""


def parse(parser: Parser) -> tree.If:
    tag = parser.advance()
    test = expression(parser)
    parser.expect_tag_end()
    branches: list[tuple[tree.Expression | None, list[tree.Statement]]] = [(test, parser.block())]
    while parser.accept("tag", "elseif"):
        test = expression(parser)
        parser.expect_tag_end()
        branches.append((test, parser.block()))
    if parser.accept("tag", "else"):
        parser.advance()
        branches.append((None, parser.block()))
    end = parser.close(tag, "if")
    return tree.If(tag.start, end.end, branches)


def compile_if(c: Compiler, node: tree.If) -> None:
    _branches(c, node, 0)


def _branches(c: Compiler, node: tree.If, first: int) -> None:
    for position, (test, body) in enumerate(node.branches[first:], first):
        if test is None:
            c.emit("else:")
        elif position - first == _CHAIN:
            name = c.fresh("b")
            with c.python_function(name, ""):
                _branches(c, node, position)
            c.emit("else:")
            with c.indented():
                c.emit(f"{name}()")
            return
        else:
            if position == first:
                c.mark(node)
            piece = condition(c, test)
            c.emit(f"{'if' if position == first else 'elif'} {piece.code}:")
        c.body(body)
