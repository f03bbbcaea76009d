"""Where a loop stands: `?index`, `?has_next` and their kin, on the bare name of a loop variable."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.builtins.catalogue import compiled_built_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.faults import SyntaxFault
from destinations.freemarker.python_code import Piece
from destinations.freemarker.scope import LoopFrame


def _loop(c: Compiler, node: tree.BuiltIn) -> LoopFrame:
    frame = c.scope.loop_of(node.target.name) if isinstance(node.target, tree.Variable) else None
    if frame is None:
        raise SyntaxFault(f"?{node.name} works only on a loop variable", node.start, node.end)
    frame.uses_index = True
    return frame


def _on_index(name: str, code: str, kind: str, *, needs_last: bool = False) -> None:
    @compiled_built_in(name, loop_variable=True)
    def compiles(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
        frame = _loop(c, node)
        frame.uses_last = frame.uses_last or needs_last
        return Piece(f"({code.format(i=frame.index, n=frame.last, words=_words(c, name))})", kind)


_WORDS: dict[str, tuple[str, str]] = {"item_parity": ("odd", "even"), "item_parity_cap": ("Odd", "Even")}


def _words(c: Compiler, name: str) -> str:
    return c.constant(_WORDS[name]) if name in _WORDS else ""


_on_index("index", "{i}", "number")
_on_index("counter", "{i} + 1", "number")
_on_index("has_next", "{i} < {n}", "boolean", needs_last=True)
_on_index("is_last", "{i} >= {n}", "boolean", needs_last=True)
_on_index("is_first", "{i} == 0", "boolean")
_on_index("is_odd_item", "{i} % 2 == 0", "boolean")
_on_index("is_even_item", "{i} % 2 == 1", "boolean")
_on_index("item_parity", "{words}[{i} % 2]", "string")
_on_index("item_parity_cap", "{words}[{i} % 2]", "string")


@compiled_built_in("item_cycle", takes=("maybe", "maybe*"), loop_variable=True)
def _item_cycle(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    frame = _loop(c, node)
    items = [c.expression(argument) for argument in arguments]
    code = "".join(item.code + ", " for item in items)
    return c.combined(f"({code})[{frame.index} % {len(items)}]", "any", *items)
