"""`<#setting name=value>` and the `<#ftl ...>` header."""

from __future__ import annotations

from destinations.freemarker import names, tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression, primary
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.formulas import present
from destinations.freemarker.output_formats import known_format
from destinations.freemarker.parser import Parser
from destinations.freemarker.settings import NAMES
from destinations.freemarker.suggestions import nearest

_HEADER = frozenset(
    [
        "strip_whitespace",
        "strip_text",
        "output_format",
        "auto_esc",
        "encoding",
        "strict_syntax",
        "attributes",
        "ns_prefixes",
    ]
)


def parse(parser: Parser) -> tree.Setting:
    tag = parser.advance()
    token = parser.expect("name", None, "the name of a setting")
    name = names.snake_case(token.value)
    if name not in NAMES:
        guess = nearest(token.value, NAMES)
        tip = f"did you mean {guess}?" if guess else f"there are: {', '.join(NAMES)}"
        raise SyntaxFault(f"There is no setting named {token.value}", token.start, token.end, tip)
    parser.check_convention(token.value, token)
    parser.expect("operator", "=", "=")
    value = expression(parser)
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected", "one #setting sets one thing")
    return tree.Setting(tag.start, parser.advance().end, name, value)


def compile_setting(c: Compiler, node: tree.Setting) -> None:
    c.mark(node)
    c.emit(f"R.change({c.constant(node.name)}, {present(c, node.value).code})")


def parse_header(parser: Parser) -> tree.Group:
    tag = parser.advance()
    while token := parser.accept("name"):
        name = names.snake_case(token.value)
        parser.expect("operator", "=", "=")
        value = primary(parser)
        if name not in _HEADER:
            guess = nearest(token.value, _HEADER)
            tip = f"did you mean {guess}?" if guess else None
            raise SyntaxFault(f"#ftl has no parameter named {token.value}", token.start, token.end, tip)
        parser.check_convention(token.value, token)
        _apply(parser, name, value)
        parser.accept("operator", ",")
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected")
    return tree.Group(tag.start, parser.advance().end, [])


def _apply(parser: Parser, name: str, value: tree.Expression) -> None:
    if name in {"strip_whitespace", "strip_text", "auto_esc", "strict_syntax"}:
        if not isinstance(value, tree.Boolean):
            raise SyntaxFault(f"{name} must be true or false", value.start, value.end)
        if name == "strip_whitespace":
            parser.strip_white_space = value.value
        elif name == "strip_text":
            parser.strip_text = value.value
        elif name == "auto_esc":
            parser.auto_escaping = value.value
    elif name == "output_format":
        parser.output_format = known_format(value)
