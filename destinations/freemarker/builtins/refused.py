"""Built-ins that this engine parses and never runs: they reach for the host, for other templates or for nodes."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.builtins.catalogue import compiled_built_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.python_code import Piece

REFUSED = frozenset(
    [
        "new",
        "api",
        "interpret",
        "absolute_template_name",
        "children",
        "parent",
        "root",
        "ancestors",
        "node_name",
        "node_type",
        "node_namespace",
        "previous_sibling",
        "next_sibling",
    ]
)


def _never(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    return Piece("None")


for _name in REFUSED:
    compiled_built_in(_name)(_never)
