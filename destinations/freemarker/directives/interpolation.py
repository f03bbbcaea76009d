"""`${expression}` and `#{expression; m1M2}`."""

from __future__ import annotations

import re

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.directives.escape import escaped
from destinations.freemarker.expressions import expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.formulas import printed
from destinations.freemarker.literals import check_number, check_printable
from destinations.freemarker.parser import Parser

_DIGITS = re.compile(r"(?:m(\d{1,2}))?(?:M(\d{1,2}))?")
_MOST_DIGITS = 50
_ESCAPING = frozenset({"HTML", "XHTML", "XML"})


def parse(parser: Parser, *, in_string: bool = False) -> tree.Interpolation | tree.NumberInterpolation:
    opening = parser.advance()
    value = expression(parser)
    if opening.value == "#{":
        return _number(parser, opening.start, value)
    check_printable(value)
    if parser.current.kind != "close":
        raise parser.unexpected("} or an operator was expected")
    end = parser.advance().end
    escaping = None
    if not in_string:
        value = escaped(parser, value)
        if parser.auto_escaping and parser.output_format in _ESCAPING:
            escaping = parser.output_format
    return tree.Interpolation(opening.start, end, value, escaping)


def _number(parser: Parser, start: int, value: tree.Expression) -> tree.NumberInterpolation:
    check_number(value)
    least = most = None
    if parser.accept("operator", ";"):
        form = parser.expect("name", None, "a format such as m1M3")
        found = _DIGITS.fullmatch(form.value)
        if not found:
            raise SyntaxFault(f"{form.value} is not a format", form.start, form.end, "write for instance m1M3")
        least, most = (None if digits is None else int(digits) for digits in found.groups())
        if max(least or 0, most or 0) > _MOST_DIGITS or (most is not None and (least or 0) > most):
            message = f"{form.value} asks for digits that cannot be: m is the least, M the most, {_MOST_DIGITS} at most"
            raise SyntaxFault(message, form.start, form.end)
    if parser.current.kind != "close":
        raise parser.unexpected("} was expected")
    return tree.NumberInterpolation(start, parser.advance().end, value, least, most)


def compile_interpolation(c: Compiler, node: tree.Interpolation | tree.NumberInterpolation) -> None:
    piece = printed(c, node)
    c.function.print(f"\n#{c.site(node.expression)}\n{piece.code}\n")
