"""Is there a value, and has it content: `?has_content`, `?exists`, `?default(...)`, `?if_exists`."""

from __future__ import annotations

from destinations.freemarker import formulas, tree
from destinations.freemarker.builtins.catalogue import compiled_built_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.python_code import Piece
from destinations.freemarker.values import Blank, Definition, Helper, Lazy, Markup, Matches, Method, Range, Value


def has_content(value: Value) -> bool:
    """Not missing, and no empty string, sequence or hash."""
    if value is None or isinstance(value, Blank):
        return False
    if isinstance(value, str | list | tuple | dict):
        return len(value) > 0
    if isinstance(value, Range):
        return value.size > 0
    if isinstance(value, Lazy):
        return any(True for _ in value.walk())
    if isinstance(value, Matches):
        return bool(value.items)
    if isinstance(value, Markup):
        return bool(value.text)
    if isinstance(value, Helper):
        return bool(value.methods)
    return not isinstance(value, Definition | Method)


@compiled_built_in("has_content")
def _has_content(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value = formulas.guarded(c, node.target)
    return c.combined(f"has_content({value.code})", "boolean", value)


@compiled_built_in("exists")
def _exists(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value = formulas.guarded(c, node.target)
    return c.combined(f"(({c.fresh()} := {value.code}) is not None)", "boolean", value)


@compiled_built_in("if_exists")
def _if_exists(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value, t = formulas.guarded(c, node.target), c.fresh()
    return c.combined(f"({t} if ({t} := {value.code}) is not None else BLANK)", "present", value)


@compiled_built_in("default", takes=("maybe", "maybe*"))
def _default(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    pieces = [formulas.guarded(c, node.target), *(c.expression(a) for a in arguments)]
    code = pieces[-1].code
    for piece in reversed(pieces[:-1]):
        t = c.fresh()
        code = f"({t} if ({t} := {piece.code}) is not None else {code})"
    kind = "any" if pieces[-1].kind == "any" else "present"
    depth = max(piece.depth for piece in pieces) + len(pieces)
    return c.shallow(Piece(code, kind, depth))
