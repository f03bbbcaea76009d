"""`#attempt`, `#recover` and `#stop`."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.expressions import expression
from destinations.freemarker.formulas import text
from destinations.freemarker.parser import Parser


def parse(parser: Parser) -> tree.Attempt:
    tag = parser.advance()
    parser.advance()
    body = parser.block()
    following = parser.accept("tag", "recover")
    if not following:
        if parser.current.kind == "end_tag" and parser.current.value in {"attempt", "recover"}:
            raise parser.unexpected("<#recover> was expected")
        raise parser.unclosed("<#attempt>", "<#recover>...</#attempt>", tag)
    parser.advance()
    recovery = tree.Branch(following.start, parser.previous.end, None, parser.block())
    end = parser.close(tag, "attempt", "recover")
    return tree.Attempt(tag.start, end.end, body, recovery)


def parse_stop(parser: Parser) -> tree.Stop:
    tag = parser.advance()
    message = None if parser.current.kind in {"tag_end", "empty_end"} else expression(parser)
    if parser.current.kind not in {"tag_end", "empty_end"}:
        raise parser.unexpected("the end of the tag was expected")
    return tree.Stop(tag.start, parser.advance().end, message)


def compile_attempt(c: Compiler, node: tree.Attempt) -> None:
    depth, error = c.fresh("n"), c.fresh("r")
    c.mark(node)
    c.emit(f"{depth} = R.depth")
    c.emit("try:")
    with c.python_block():
        with c.buffered() as buffer:
            c.block(node.body)
        c.emit(f"{c.function.buffer}.append(R.taken({buffer}))")
    c.emit(f"except RECOVERABLE as {error}:")
    with c.python_block():
        c.emit(f"R.recover({error}, {depth})")
        c.emit("try:")
        with c.python_block():
            c.block(node.recovery.body)
            c.emit("pass")
        c.emit("finally: R.errors.pop()")


def compile_stop(c: Compiler, node: tree.Stop) -> None:
    c.mark(node)
    message = c.constant("") if node.message is None else text(c, node.message).code
    c.emit(f"stop({message})")
