"""`#switch`, `#case`, `#default`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.parser import Parser
from destinations.freemarker.scope import SwitchFrame


def parse(parser: Parser) -> tree.Switch:
    tag = parser.advance()
    value = expression(parser)
    parser.expect_tag_end()
    lead = _skip_to_cases(parser)
    cases: list[tree.Branch] = []
    parser.breakables.append("switch")
    while (token := parser.accept("tag", "case") or parser.accept("tag", "default")) is not None:
        test = None
        if token.value == "case":
            test = expression(parser)
            parser.expect_tag_end()
        else:
            parser.advance()
            if any(case.condition is None for case in cases):
                raise SyntaxFault("A #switch can have only one #default", tag.start, tag.end)
        end = parser.previous.end
        cases.append(tree.Branch(token.start, end, test, parser.block()))
    parser.breakables.pop()
    closing = parser.close(tag, "switch")
    return tree.Switch(tag.start, closing.end, value, lead, cases)


def _skip_to_cases(parser: Parser) -> list[tree.Statement]:
    lead: list[tree.Statement] = []
    while parser.current.kind in {"text", "comment"}:
        token = parser.current
        if token.kind == "text" and token.value.strip():
            start = token.start + len(token.value) - len(token.value.lstrip())
            raise SyntaxFault("Only white space and comments may stand before the first #case", start, token.end)
        parser.advance()
        made = tree.Text(token.start, token.end, token.value) if token.kind == "text" else None
        lead.append(made or tree.Comment(token.start, token.end))
    return lead


def compile_switch(c: Compiler, node: tree.Switch) -> None:
    value, chosen = c.fresh("t"), c.fresh("i")
    c.mark(node)
    c.emit(f"{value} = {c.expression(node.value).code}")
    c.emit(f"if {value} is None: need({c.site(node.value)})")
    c.emit(f"{chosen} = -1")
    default = _choose(c, node, value, chosen)
    c.emit(f"if {chosen} < 0: {chosen} = {len(node.cases) if default is None else -2}")
    frame = SwitchFrame(c.function)
    c.switches.append(frame)
    with c.set_aside(2) as lines:
        for position, case in enumerate(node.cases):
            reached = f"0 <= {chosen} <= {position}"
            c.emit(f"if {reached} or {chosen} == -2:" if position == default else f"if {reached}:")
            c.body(case.body)
    c.switches.pop()
    depth = c.fresh("n")
    if frame.catches:
        c.emit(f"{depth} = R.depth")
    c.emit("while True:")
    with c.indented():
        c.emit("try:" if frame.catches else "if True:")
        c.function.lines += lines
        if frame.catches:
            c.emit(f"except BreakLoop: R.depth = {depth}")
        c.emit("break")


def _choose(c: Compiler, node: tree.Switch, value: str, chosen: str) -> int | None:
    """Write the search for the case that matches; returns the position of the default."""
    default = None
    for position, case in enumerate(node.cases):
        if case.condition is None:
            default = position
            continue
        wanted = c.expression(case.condition)
        site = c.site(case.condition)
        test_code = f"equal({value}, {wanted.code}, {site}, {c.site(node.value)}, {site})"
        c.mark(node)
        c.emit(f"if {chosen} < 0 and {test_code}: {chosen} = {position}")
    return default
