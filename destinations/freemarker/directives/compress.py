"""`#compress`: runs of white space in what is printed become one."""

from __future__ import annotations

import re

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.parser import Parser

_RUN = re.compile(r"[\x00-\x20]+")
_BREAK = re.compile(r"\r\n|\n|\r")


def parse(parser: Parser) -> tree.Compress:
    tag = parser.advance()
    parser.advance()
    body = parser.block()
    end = parser.close(tag, "compress")
    return tree.Compress(tag.start, end.end, body)


def compile_compress(c: Compiler, node: tree.Compress) -> None:
    c.mark(node)
    with c.buffered() as buffer:
        c.block(node.body)
    c.emit(f"{c.function.buffer}.append(compressed(R.taken({buffer})))")


def compressed(text: str) -> str:
    """The text with each run of white space as its first line break, or as one space; none at the ends."""
    start, end = 0, len(text)
    stripped = _RUN.sub(_short, text[start:end])
    return stripped.strip(" \r\n")


def _short(run: re.Match[str]) -> str:
    found = _BREAK.search(run[0])
    return found[0] if found else " "
