"""`#list`, `#items`, `#sep`, `#break`, `#continue`, and the old `#foreach`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.lexer import Token
from destinations.freemarker.names import unescaped
from destinations.freemarker.parser import Loop, Parser
from destinations.freemarker.scope import Listing, LoopFrame, SwitchFrame


def parse_list(parser: Parser) -> tree.List:
    tag = parser.advance()
    source = expression(parser)
    names = _names(parser, tag) if parser.accept("keyword", "as") else None
    parser.expect_tag_end()
    if names is None:
        parser.loops.append(Loop("waiting", ()))
        body = parser.block()
        items = parser.loops.pop().items
        if not items:
            raise SyntaxFault(
                "#list must name its loop variable, or hold an #items that does",
                tag.start,
                parser.previous.end,
                "write <#list xs as x>",
            )
    else:
        body = _looping(parser, names)
    otherwise = None
    if following := parser.accept("tag", "else"):
        parser.advance()
        otherwise = tree.Branch(following.start, parser.previous.end, None, parser.block())
    end = parser.close(tag, "list")
    return tree.List(tag.start, end.end, source, names, body, otherwise)


def parse_foreach(parser: Parser) -> tree.List:
    tag = parser.advance()
    name = unescaped(parser.expect("name", None, "the name of the loop variable").value)
    parser.expect("keyword", "in", "in")
    source = expression(parser)
    parser.expect_tag_end()
    body = _looping(parser, (name,))
    end = parser.close(tag, "foreach")
    return tree.List(tag.start, end.end, source, (name,), body)


def parse_items(parser: Parser) -> tree.Items:
    tag = parser.advance()
    home = next((loop for loop in reversed(parser.loops) if loop.kind in {"list", "waiting"}), None)
    if home is None or home.kind != "waiting":
        message = "#items may only stand in a #list that names no loop variable"
        raise SyntaxFault(message, tag.start, tag.end, "write <#list xs> <#items as x>...</#items> </#list>")
    home.items = True
    parser.expect("keyword", "as", "as")
    names = _names(parser, tag)
    parser.expect_tag_end()
    body = _looping(parser, names)
    end = parser.close(tag, "items")
    return tree.Items(tag.start, end.end, names, body)


def _names(parser: Parser, tag: Token) -> tuple[str, ...]:
    first = parser.expect("name", None, "the name of the loop variable")
    if not parser.accept("operator", ","):
        return (unescaped(first.value),)
    second = parser.expect("name", None, "the name of the second loop variable")
    if first.value == second.value:
        raise SyntaxFault("The two loop variables have the same name", tag.start, second.end)
    return unescaped(first.value), unescaped(second.value)


def _looping(parser: Parser, names: tuple[str, ...]) -> list[tree.Statement]:
    parser.breakables.append("loop")
    with parser.binding("list", names):
        body = parser.block()
    parser.breakables.pop()
    return body


def parse_sep(parser: Parser) -> tree.Sep:
    tag = parser.advance()
    parser.advance()
    if not any(loop.kind in {"list", "waiting"} for loop in parser.loops):
        raise SyntaxFault("#sep may only stand in a #list or #items", tag.start, tag.end)
    body = parser.block()
    parser.accept("end_tag", "sep")
    return tree.Sep(tag.start, parser.previous.end, body)


def parse_break(parser: Parser) -> tree.Break:
    tag = parser.advance()
    end = parser.advance().end
    if not parser.breakables:
        raise SyntaxFault("#break may only stand in a #list, #items or #switch", tag.start, end)
    return tree.Break(tag.start, end, parser.breakables[-1])


def parse_continue(parser: Parser) -> tree.Continue:
    tag = parser.advance()
    end = parser.advance().end
    if "loop" not in parser.breakables:
        raise SyntaxFault("#continue may only stand in a #list or #items", tag.start, end)
    return tree.Continue(tag.start, end, parser.breakables[-1])


# To Python


def compile_list(c: Compiler, node: tree.List) -> None:
    source = c.expression(node.source)
    if node.names is not None:
        _loop(c, node, node.names, source.code)
        return
    listing = Listing(c.fresh("s"), c.fresh("n"), c.fresh("t"), c.site(node.source), _with_two_names(node), c.function)
    c.mark(node)
    c.emit(f"{listing.source} = R.listed({source.code}, {listing.site})")
    c.emit(f"{listing.last} = R.last_of({listing.source}, {listing.site}, {listing.two_names})")
    c.emit(f"{listing.entered} = False")
    last = listing.last
    c.emit(f"if {last} >= 0:")
    c.listings.append(listing)
    c.body(node.body)
    c.listings.pop()
    if node.otherwise is not None:
        c.emit("else:")
        c.body(node.otherwise.body)


def _with_two_names(node: tree.List) -> bool:
    return any(isinstance(n, tree.Items) and len(n.names) == 2 for s in node.body for n in tree.descendants(s))


def compile_items(c: Compiler, node: tree.Items) -> None:
    listing = c.listings[-1]
    c.mark(node)
    c.emit(f"if {listing.entered}: fail({c.constant('#items was already entered for this #list')})")
    c.assign_local(listing.entered, "True", listing.function)
    frame, lines = _written(c, node.names, node.body, listing.last)
    method = "pairs" if len(node.names) == 2 else "counted"
    c.mark(node)
    _place(c, frame, lines, f"R.{method}({listing.source}, {listing.site}, {_weight(node.body)})[0]")


def _loop(c: Compiler, node: tree.List, names: tuple[str, ...], source: str) -> None:
    body, otherwise = node.body, node.otherwise
    last, walked = c.fresh("n"), c.fresh("s")
    c.function.flush()
    levels = 1 if otherwise is not None else 0
    c.function.indent += levels
    frame, lines = _written(c, names, body, last)
    c.function.indent -= levels
    site, weight = c.site(node.source), _weight(body)
    c.mark(node)
    if len(names) == 2:
        c.emit(f"{walked}, {last} = R.pairs({source}, {site}, {weight})")
    elif frame.uses_last or otherwise is not None:
        c.emit(f"{walked}, {last} = R.counted({source}, {site}, {weight})")
    else:
        walked = f"R.walk({source}, {site}, {weight})"
    if otherwise is None:
        _place(c, frame, lines, walked)
        return
    c.emit(f"if {last} < 0:")
    c.body(otherwise.body)
    c.emit("else:")
    with c.indented():
        _place(c, frame, lines, walked)


def _written(c: Compiler, names: tuple[str, ...], body: list[tree.Statement], last: str) -> tuple[LoopFrame, list[str]]:
    """The loop's frame and the lines of its body, two levels deeper: what the loop needs is known after them."""
    variables = {name: c.fresh("v") for name in names}
    certain = frozenset(names[:1]) if len(names) == 2 else frozenset()
    frame = LoopFrame("loop", variables, c.function, certain, index=c.fresh("i"), last=last)
    frame.catches = c.breaks_in_content and _may_be_left_from_afar(body)
    with c.set_aside(2) as lines, c.framed(frame):
        c.block(body)
    return frame, lines


def _place(c: Compiler, frame: LoopFrame, body: list[str], walked: str) -> None:
    """The loop around its body."""
    targets = ", ".join(frame.variables.values())
    if frame.uses_index:
        targets = f"{frame.index}, ({targets})" if "," in targets else f"{frame.index}, {targets}"
        walked = f"enumerate({walked})"
    depth = c.fresh("n")
    if frame.catches:
        c.emit(f"{depth} = R.depth")
    c.emit(f"for {targets} in {walked}:")
    with c.indented():
        c.emit("try:" if frame.catches else "if True:")
        c.function.lines += body
        if frame.catches:
            c.emit(f"except ContinueLoop: R.depth = {depth}")
            c.emit("except BreakLoop:")
            c.emit(f" R.depth = {depth}")
            c.emit(" break")


def _may_be_left_from_afar(body: list[tree.Statement]) -> bool:
    return any(isinstance(n, tree.Nested | tree.MacroCall) for s in body for n in tree.descendants(s))


def _weight(body: list[tree.Statement]) -> int:
    """The work of one turn, in statements and expressions."""
    return 1 + sum(1 for s in body for n in tree.descendants(s) if isinstance(n, tree.Statement | tree.BuiltIn))


def compile_sep(c: Compiler, node: tree.Sep) -> None:
    frame = c.scope.innermost_loop()
    if frame is None:  # directly in a #list, outside of its #items: there is no next item
        return
    frame.uses_index = frame.uses_last = True
    c.emit(f"if {frame.index} < {frame.last}:")
    c.body(node.body)


def compile_break(c: Compiler, node: tree.Break | tree.Continue) -> None:
    if node.leaves == "switch" and c.switches:
        _leave(c, c.switches[-1], "break", "BreakLoop")
    else:
        _leave(c, c.scope.innermost_loop(), "break", "BreakLoop")


def compile_continue(c: Compiler, node: tree.Continue) -> None:
    if node.leaves == "switch":
        compile_break(c, node)
    else:
        _leave(c, c.scope.innermost_loop(), "continue", "ContinueLoop")


def _leave(c: Compiler, frame: LoopFrame | SwitchFrame | None, statement: str, exception: str) -> None:
    """Leave by Python's own statement, or from another function by an exception."""
    if frame is not None and frame.function is c.function:
        c.emit(statement)
        return
    if frame is not None:
        frame.catches = True
    c.emit(f"raise {exception}")
