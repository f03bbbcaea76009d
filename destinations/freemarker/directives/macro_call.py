"""`<@name .../>`, with nested content or without, and the old `#call`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression, primary, starts_expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.lexer import Token
from destinations.freemarker.names import unescaped
from destinations.freemarker.parser import Parser
from destinations.freemarker.scope import Frame


def parse(parser: Parser) -> tree.MacroCall:
    tag = parser.advance()
    if parser.current.spaced:
        raise SyntaxFault("The name of a macro must follow <@ directly", tag.start, parser.current.end)
    target = primary(parser, tight=True)
    with parser.call_arguments():
        positional, named = _arguments(parser)
        names = _content_names(parser)
    if parser.accept("empty_end"):
        return tree.MacroCall(tag.start, parser.previous.end, target, positional, named, names, None)
    parser.expect_tag_end()
    with parser.binding("content", names):
        body = parser.block()
    end = _close(parser, tag, target)
    return tree.MacroCall(tag.start, end.end, target, positional, named, names, body)


def parse_old(parser: Parser) -> tree.MacroCall:
    """`<#call name arguments>`."""
    tag = parser.advance()
    name = parser.expect("name", None, "the name of a macro")
    target = tree.Variable(name.start, name.end, unescaped(name.value))
    enclosed = parser.accept("operator", "(")
    positional, named = _arguments(parser)
    if enclosed:
        parser.expect("operator", ")", ")")
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected")
    return tree.MacroCall(tag.start, parser.advance().end, target, positional, named, (), None)


def _arguments(parser: Parser) -> tuple[list[tree.Expression], list[tuple[str, tree.Expression]]]:
    positional: list[tree.Expression] = []
    named: list[tuple[str, tree.Expression]] = []
    if parser.current.kind in {"name", "keyword"} and _is(parser.following, "="):
        while parser.current.kind in {"name", "keyword"} and _is(parser.following, "="):
            name = parser.advance()
            parser.advance()
            named.append((unescaped(name.value), expression(parser)))
        if _is(parser.current, ","):
            raise parser.unexpected("the next argument was expected", "named arguments stand without commas")
        return positional, named
    while starts_expression(parser):
        positional.append(expression(parser))
        if parser.accept("operator", ",") and not starts_expression(parser):
            raise parser.unexpected("an argument was expected after the comma")
    return positional, named


def _is(token: Token, operator: str) -> bool:
    return token.kind == "operator" and token.value == operator


def _content_names(parser: Parser) -> tuple[str, ...]:
    found: list[str] = []
    if not parser.accept("operator", ";"):
        return ()
    found.append(_content_name(parser))
    while parser.accept("operator", ","):
        found.append(_content_name(parser))
    return tuple(found)


def _content_name(parser: Parser) -> str:
    return unescaped(parser.expect("name", None, "the name of a value that #nested hands over").value)


def _close(parser: Parser, tag: Token, target: tree.Expression) -> Token:
    written = parser.lexer.text[target.start : target.end]
    token = parser.accept("end_call")
    if token is None:
        raise parser.unclosed(f"<@{written}>", f"</@{written}>", tag)
    plain = isinstance(target, tree.Variable | tree.Dot)
    if token.value and (not plain or unescaped(token.value) != unescaped(written)):
        wanted = f"</@{written}> or </@>" if plain else "</@>"
        raise SyntaxFault(f"</@{token.value}> cannot close <@{written}>", token.start, token.end, f"write {wanted}")
    return token


# To Python


def compile_call(c: Compiler, node: tree.MacroCall) -> None:
    content = "None" if node.content is None else _content(c, node)
    target = c.expression(node.target)
    positional = "".join(c.expression(argument).code + ", " for argument in node.positional)
    named = "None"
    if node.named:
        named = "{" + ", ".join(f"{c.constant(n)}: {c.expression(v).code}" for n, v in node.named) + "}"
    elif not node.positional:
        named = "{}"
    c.mark(node)
    c.emit(
        f"call_macro(R, {c.function.buffer}, {target.code}, ({positional}), {named}, {content}, {c.site(node.target)})"
    )


def _content(c: Compiler, node: tree.MacroCall) -> str:
    """Write the nested content as a function of the buffer and of the values that `#nested` hands over."""
    assert node.content is not None
    name, buffer, values = c.fresh("c"), c.fresh("o"), c.fresh("t")
    variables = {bound: c.fresh("v") for bound in node.names}
    with c.python_function(name, f"{buffer}, {values}", buffer) as function:
        for position, variable in enumerate(variables.values()):
            c.emit(f"{variable} = {values}[{position}] if len({values}) > {position} else None")
        with c.framed(Frame("content", variables, function)):
            c.block(node.content)
    return name
