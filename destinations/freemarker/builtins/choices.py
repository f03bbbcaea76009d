"""Choosing between values: `?then` and `?switch`. What is not chosen is not evaluated."""

from __future__ import annotations

from destinations.freemarker import formulas, tree
from destinations.freemarker.builtins.catalogue import compiled_built_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.python_code import Piece


@compiled_built_in("then", takes=("maybe", "maybe"), parse_time=True)
def _then(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    test = formulas.condition(c, node.target)
    yes, no = (c.expression(argument) for argument in arguments)
    kind = yes.kind if yes.kind == no.kind else "any"
    return c.combined(f"({yes.code} if {test.code} else {no.code})", kind, test, yes, no)


@compiled_built_in("switch", takes=("maybe", "maybe", "maybe*"), parse_time=True)
def _switch(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value, t = c.expression(node.target), c.fresh()
    pairs, default = arguments, None
    if len(arguments) % 2:
        *pairs, default = arguments
    if default is None:
        code = f"(\n#{c.site(node)}\nfail_here({c.constant('No case of ?switch matches, and it has no default')}))"
        pieces = [Piece(code)]
    else:
        pieces = [c.expression(default)]
        code = pieces[0].code
    whole, value_site = c.site(node), c.site(node.target)
    for case, result in zip(pairs[::2][::-1], pairs[1::2][::-1], strict=True):
        wanted, given = c.expression(case), c.expression(result)
        pieces += [wanted, given]
        test = f"equal({t}, {wanted.code}, {whole}, {value_site}, {c.site(case)})"
        chain = Piece(f"({given.code} if {test} else {code})", "any", 1 + max(p.depth for p in pieces[-2:]))
        code = chain.code
    # the value is bound first, whatever the chain looks like
    depth = len(pairs) + max(piece.depth for piece in [value, *pieces])
    return c.shallow(Piece(f"(({t} := {value.code}), {code})[1]", "any", depth))
