"""What follows a value: `.key`, `[index]`, `(arguments)`, `?built_in`, `!default`, `??`."""

from __future__ import annotations

from collections.abc import Callable

from destinations.freemarker import expressions, names, tree
from destinations.freemarker.builtins import catalogue
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.lexer import Token
from destinations.freemarker.literals import check_target
from destinations.freemarker.parser import Parser
from destinations.freemarker.suggestions import nearest


def _dot(parser: Parser, target: tree.Expression) -> tree.Expression:
    token = parser.current
    named = token.kind in {"name", "keyword"} or token.value in {"*", "**"}
    if not named:
        raise parser.unexpected("a name was expected after the dot", 'a key that is no name goes in brackets: h["a b"]')
    check_target(target, "hash")
    parser.advance()
    return tree.Dot(target.start, token.end, target, names.unescaped(token.value))


def _index(parser: Parser, target: tree.Expression) -> tree.Expression:
    check_target(target, "list or hash")
    key = expressions.expression(parser)
    end = parser.expect("operator", "]", "]")
    return tree.Index(target.start, end.end, target, key)


def _call(parser: Parser, target: tree.Expression) -> tree.Expression:
    with parser.enclosed():
        given = arguments(parser, ")", expressions.expression)
    call = tree.Call(target.start, parser.previous.end, target, given)
    if isinstance(target, tree.BuiltIn):
        catalogue.check_arguments(target.name, len(given), call)
    return call


def arguments(parser: Parser, closing: str, item: Callable[[Parser], tree.Expression]) -> list[tree.Expression]:
    """Expressions up to `closing`; the commas between them may be left out, one at the end may not stand."""
    found: list[tree.Expression] = []
    while not parser.accept("operator", closing):
        if found and parser.accept("operator", ",") and not expressions.starts_expression(parser):
            raise parser.unexpected("a value was expected after the comma")
        if not expressions.starts_expression(parser):
            raise parser.unexpected(f"{closing} was expected" if found else f"a value or {closing} was expected")
        found.append(item(parser))
    return found


def _lambda_or_item(parser: Parser) -> tree.Expression:
    start = parser.current
    parameters = _lambda_parameters(parser)
    if parameters is None:
        return expressions.expression(parser)
    if len(parameters) != 1:
        raise SyntaxFault("A lambda here takes exactly one parameter", start.start, parser.previous.end)
    with parser.binding("lambda", tuple(parameters)):
        body = expressions.expression(parser)
    return tree.Lambda(start.start, body.end, parameters[0], body)


def _lambda_parameters(parser: Parser) -> list[str] | None:
    """Take `x ->` or `(x, y) ->` if that is what stands here."""
    tokens, at = parser.tokens, parser.position
    found: list[str] = []
    if tokens[at].kind == "name":
        found, at = [names.unescaped(tokens[at].value)], at + 1
    elif tokens[at].value == "(" and tokens[at].kind == "operator":
        at += 1
        while tokens[at].kind == "name" or tokens[at].value == ",":
            if tokens[at].kind == "name":
                found.append(names.unescaped(tokens[at].value))
            at += 1
        if tokens[at].value != ")":
            return None
        at += 1
    else:
        return None
    if tokens[at].kind != "operator" or tokens[at].value != "->":
        return None
    while parser.position <= at:
        parser.advance()
    return found


def _built_in(parser: Parser, target: tree.Expression) -> tree.Expression:
    token = parser.expect("name", None, "the name of a built-in")
    name = names.snake_case(token.value)
    spec = catalogue.BUILT_INS.get(name)
    if spec is None or (name != token.value and token.value != _camel(name)):
        guess = nearest(token.value, catalogue.BUILT_INS)
        tip = f"did you mean ?{guess}?" if guess else None
        raise SyntaxFault(f"There is no built-in named ?{token.value}", token.start, token.end, tip)
    parser.check_convention(token.value, token)
    built_in = tree.BuiltIn(target.start, token.end, target, name)
    if spec.loop_variable:
        _check_loop_variable(parser, built_in, token)
    catalogue.check_escaping(name, parser.output_format, token)
    if catalogue.needs_format(name):
        output_format = tree.String(token.start, token.end, parser.output_format)
        return tree.Call(target.start, token.end, built_in, [output_format])
    if not spec.parse_time:
        return built_in
    parser.expect("operator", "(", f"( after ?{token.value}")
    with parser.enclosed():
        given = arguments(parser, ")", _lambda_or_item if spec.takes_lambda else expressions.expression)
    call = tree.Call(target.start, parser.previous.end, built_in, given)
    catalogue.check_arguments(name, len(given), call)
    return call


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _check_loop_variable(parser: Parser, built_in: tree.BuiltIn, token: Token) -> None:
    target = built_in.target
    if isinstance(target, tree.Variable):
        for loop in reversed(parser.loops):
            if target.name in loop.names and loop.kind != "lambda":
                if loop.kind == "list":
                    return
                break
    raise SyntaxFault(
        f"?{token.value} works only on the bare name of a #list or #items variable",
        target.start,
        token.end,
        "write it inside the loop: <#list xs as x>${x?index}</#list>",
    )


def _default(parser: Parser, target: tree.Expression) -> tree.Expression:
    sign = parser.previous
    if parser.ends_at_space and parser.current.spaced:
        return tree.Default(target.start, sign.end, target, None)
    if not expressions.starts_expression(parser):
        return tree.Default(target.start, sign.end, target, None)
    fallback = expressions.expression(parser)
    return tree.Default(target.start, fallback.end, target, fallback)


def _exists(parser: Parser, target: tree.Expression) -> tree.Expression:
    return tree.Exists(target.start, parser.previous.end, target)


STEPS: dict[str, Callable[[Parser, tree.Expression], tree.Expression]] = {
    ".": _dot,
    "[": _index,
    "(": _call,
    "?": _built_in,
    "!": _default,
    "??": _exists,
}
