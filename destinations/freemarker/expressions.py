"""Expressions by precedence, and the values they begin with.

Binary operators climb by binding power; everything that follows a value (see `steps`) binds tighter than every
prefix.
"""

from __future__ import annotations

from decimal import Decimal

from destinations.freemarker import names, tree
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.lexer import Lexer, Token, spelled
from destinations.freemarker.literals import check_binary, check_range, decoded, is_text_key
from destinations.freemarker.output_formats import ESCAPING
from destinations.freemarker.parser import Parser
from destinations.freemarker.specials import SPECIALS
from destinations.freemarker.steps import STEPS, arguments
from destinations.freemarker.suggestions import nearest

_POWERS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "..": 5,
    "..<": 5,
    "..*": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "%": 7,
}
_ONE_ONLY = frozenset({3, 4, 5})
_STARTS = frozenset({"(", "[", "{", "."})
_ADDITIVE = 6


def expression(parser: Parser) -> tree.Expression:
    """A whole expression. Raises SyntaxFault."""
    return _binary(parser, 1)


def _binary(parser: Parser, least: int) -> tree.Expression:
    with parser.deeper():
        left = _unary(parser)
        ceiling = 99
        steps = 0
        while True:
            operator = _operator(parser)
            power = _POWERS.get(operator, 0)
            if power < least or power > ceiling:
                return left
            steps += 1
            _check_steps(parser, steps)
            parser.advance()
            left = _joined(parser, left, operator, power)
            ceiling = power - 1 if power in _ONE_ONLY else power


def _operator(parser: Parser) -> str:
    token = parser.current
    return spelled(token.value) if token.kind in {"operator", "keyword"} else ""


def _joined(parser: Parser, left: tree.Expression, operator: str, power: int) -> tree.Expression:
    if power == _POWERS[".."]:
        high = _binary(parser, _ADDITIVE) if operator != ".." or starts_expression(parser) else None
        check_range(left, high)
        return tree.Range(left.start, high.end if high else parser.previous.end, left, operator, high)
    right = _binary(parser, power + 1)
    operator = "==" if operator == "=" else operator
    check_binary(operator, left, right)
    return tree.Binary(left.start, right.end, operator, left, right)


def starts_expression(parser: Parser) -> bool:
    """Can the tokens ahead begin an expression? Looks past any `!`, or one `+` or `-`."""
    tokens, position = parser.tokens, parser.position
    if tokens[position].kind == "operator" and tokens[position].value in {"+", "-"}:
        position += 1
    else:
        while tokens[position].kind == "operator" and tokens[position].value == "!":
            position += 1
    token = tokens[position]
    if token.kind == "operator":
        return token.value in _STARTS
    return token.kind in {"name", "number", "string", "raw"} or token.value in {"true", "false"}


def _unary(parser: Parser) -> tree.Expression:
    start = parser.current
    if parser.accept("operator", "!"):
        negations = 1
        while parser.accept("operator", "!"):
            negations += 1
        operand: tree.Expression = primary(parser)
        for _ in range(min(negations, 2 + negations % 2)):
            operand = tree.Not(start.start, operand.end, operand)
        return operand
    if start.kind == "operator" and start.value in {"+", "-"}:
        parser.advance()
        operand = primary(parser)
        return tree.Sign(start.start, operand.end, start.value == "-", operand)
    return primary(parser)


def primary(parser: Parser, *, tight: bool = False) -> tree.Expression:
    """An atom and all that follows it. `tight` ends at white space, as the name of a called macro does."""
    value = atom(parser)
    steps = 0
    while not (tight and parser.current.spaced):
        token = parser.current
        step = STEPS.get(token.value) if token.kind == "operator" else None
        if step is None:
            return value
        steps += 1
        _check_steps(parser, steps)
        parser.advance()
        value = step(parser, value)
    return value


def _check_steps(parser: Parser, steps: int) -> None:
    """A chain of operators or of steps is nested as deep as it is long."""
    if steps > parser.limits.depth:
        token = parser.current
        message = f"An expression has more than {parser.limits.depth} steps (limit: depth)"
        raise SyntaxFault(message, token.start, token.end, kind="limit")


def atom(parser: Parser) -> tree.Expression:
    token = parser.current
    if token.kind == "name":
        parser.advance()
        return tree.Variable(token.start, token.end, names.unescaped(token.value))
    if token.kind == "number":
        parser.advance()
        return tree.Number(token.start, token.end, _number(parser, token))
    if token.kind in {"string", "raw"}:
        parser.advance()
        return _string(parser, token)
    if token.kind == "keyword" and token.value in {"true", "false"}:
        parser.advance()
        return tree.Boolean(token.start, token.end, token.value == "true")
    if token.kind == "operator" and token.value in _OPENED:
        parser.advance()
        return _OPENED[token.value](parser, token)
    if token.kind == "keyword":
        raise parser.unexpected("a value was expected", f"{token.value} is a reserved word and cannot name a variable")
    raise parser.unexpected("a value was expected")


def _number(parser: Parser, token: Token) -> int | Decimal:
    if len(token.value) > parser.limits.number_digits:
        message = f"A number may have {parser.limits.number_digits} digits (limit: number_digits)"
        raise SyntaxFault(message, token.start, token.end, kind="limit")
    return Decimal(token.value) if "." in token.value else int(token.value)


def _string(parser: Parser, token: Token) -> tree.Expression:
    if token.kind == "raw":
        return tree.String(token.start, token.end, token.value[2:-1])
    body = token.value[1:-1]
    if "\\" not in body and "{" not in body:
        return tree.String(token.start, token.end, body)
    text, offsets, literal = decoded(body, token.start + 1)
    if len(text) <= 3 or ("${" not in text and "#{" not in text):  # nothing fits into three characters
        return tree.String(token.start, token.end, text)
    lexer = Lexer(text)
    tokens = lexer.string(literal)
    offsets.append(token.end - 1)
    for inner in tokens:
        inner.start, inner.end = offsets[min(inner.start, len(text))], offsets[min(inner.end, len(text))]
    if lexer.fault:
        lexer.fault.start, lexer.fault.end = token.start, token.end
    with parser.within(lexer, tokens):
        parts = _parts(parser)
    if all(isinstance(part, str) for part in parts):
        return tree.String(token.start, token.end, text)
    return tree.Interpolated(token.start, token.end, parts)


def _parts(parser: Parser) -> list[str | tree.Interpolation | tree.NumberInterpolation]:
    from destinations.freemarker.directives import interpolation

    parts: list[str | tree.Interpolation | tree.NumberInterpolation] = []
    while parser.current.kind != "eof":
        if text := parser.accept("text"):
            parts.append(text.value)
        else:
            parts.append(interpolation.parse(parser, in_string=True))
    return parts


def _parentheses(parser: Parser, opening: Token) -> tree.Expression:
    with parser.enclosed():
        inner = expression(parser)
    closing = parser.expect("operator", ")", ")")
    return tree.Parentheses(opening.start, closing.end, inner)


def _sequence(parser: Parser, opening: Token) -> tree.Expression:
    items = arguments(parser, "]", expression)
    return tree.Sequence(opening.start, parser.previous.end, items)


def _hash(parser: Parser, opening: Token) -> tree.Expression:
    pairs: list[tuple[tree.Expression, tree.Expression]] = []
    while not parser.accept("operator", "}"):
        if pairs:
            parser.expect("operator", ",", ", or }")
        key = expression(parser)
        if not is_text_key(key):
            raise SyntaxFault("The key of a hash must be a string", key.start, key.end)
        if not parser.accept("operator", ","):
            parser.expect("operator", ":", ":")
        pairs.append((key, expression(parser)))
    return tree.Hash(opening.start, parser.previous.end, pairs)


def _special(parser: Parser, opening: Token) -> tree.Expression:
    token = parser.expect("name", None, "the name of a special variable")
    name = names.snake_case(token.value)
    if name not in SPECIALS:
        guess = nearest(token.value, SPECIALS)
        tip = f"did you mean .{guess}?" if guess else None
        raise SyntaxFault(f"There is no special variable named .{token.value}", opening.start, token.end, tip)
    parser.check_convention(token.value, token)
    if name == "args" and parser.definition is None:
        raise SyntaxFault(".args exists only in a #macro or #function", opening.start, token.end)
    if name == "output_format":
        return tree.String(opening.start, token.end, parser.output_format)
    if name == "auto_esc":
        escapes = parser.auto_escaping and parser.output_format in ESCAPING
        return tree.Boolean(opening.start, token.end, escapes)
    return tree.Special(opening.start, token.end, name)


_OPENED = {"(": _parentheses, "[": _sequence, "{": _hash, ".": _special}
