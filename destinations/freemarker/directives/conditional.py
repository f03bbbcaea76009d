"""`#if`, `#elseif`, `#else`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.formulas import condition
from destinations.freemarker.lexer import Token
from destinations.freemarker.parser import Parser

_CHAIN = 30
"""Python nests an elif chain; a longer one goes on in a function of its own."""


def parse(parser: Parser) -> tree.If:
    tag = parser.advance()
    branches = [_branch(parser, tag)]
    while parser.current.kind == "tag" and parser.current.value == "elseif":
        branches.append(_branch(parser, parser.tag()))
    if following := parser.accept("tag", "else"):
        parser.advance()
        branches.append(tree.Branch(following.start, following.end, None, parser.block()))
    end = parser.close(tag, "if")
    return tree.If(tag.start, end.end, branches)


def _branch(parser: Parser, tag: Token) -> tree.Branch:
    test = expression(parser)
    parser.expect_tag_end()
    end = parser.previous.end
    return tree.Branch(tag.start, end, test, parser.block())


def compile_if(c: Compiler, node: tree.If) -> None:
    _branches(c, node, 0)


def _branches(c: Compiler, node: tree.If, first: int) -> None:
    for position, branch in enumerate(node.branches[first:], first):
        if branch.condition is None:
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
            c.owner = branch.start
            piece = condition(c, branch.condition)
            mark = f"\n#{c.site(branch)}\n"
            c.emit(f"{'if' if position == first else 'elif'} ({mark}{piece.code}):")
        c.body(branch.body)
