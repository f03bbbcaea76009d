"""Expressions to Python. The common case stands inline; a call to the engine takes the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from destinations.freemarker import tree
from destinations.freemarker.builtins import catalogue
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.python_code import Piece

_PLAIN_INT = 10**15


def _number(c: Compiler, node: tree.Number) -> Piece:
    if isinstance(node.value, int) and node.value < _PLAIN_INT:
        return Piece(str(node.value), "number")
    return Piece(c.constants.name(node.value), "number")


def _string(c: Compiler, node: tree.String) -> Piece:
    return Piece(c.constant(node.value), "string")


def _boolean(c: Compiler, node: tree.Boolean) -> Piece:
    return Piece("True" if node.value else "False", "boolean")


def _interpolated(c: Compiler, node: tree.Interpolated) -> Piece:
    parts = [Piece(c.constant(p), "string") if isinstance(p, str) else printed(c, p) for p in node.parts]
    code = ", ".join(part.code for part in parts)
    return c.combined(f"R.joined(({code},))", "string", *parts)


def printed(c: Compiler, node: tree.Interpolation | tree.NumberInterpolation) -> Piece:
    """The text that an interpolation prints."""
    if isinstance(node, tree.Interpolation):
        return text(c, node.expression, node.escaping)
    value = c.expression(node.expression)
    least = "None" if node.least is None else str(node.least)
    most = "None" if node.most is None else str(node.most)
    site = c.site(node.expression)
    return c.combined(f"legacy_number(R, {value.code}, {least}, {most}, {site})", "string", value)


def text(c: Compiler, node: tree.Expression, escaping: str | None = None) -> Piece:
    """The value as text, as `${...}` prints it."""
    if escaping:
        piece = c.expression(node)
        return c.combined(f"R.escaped({piece.code}, {c.constant(escaping)}, {c.site(node)})", "string", piece)
    if isinstance(node, tree.Default) and node.fallback is None:
        piece = guarded(c, node.target)
        t = c.fresh()
        site = c.site(node.target)
        code = f'("" if ({t} := {piece.code}) is None else {t} if type({t}) is str else R.text({t}, {site}))'
        return c.combined(code, "string", piece)
    piece = c.expression(node)
    if piece.kind == "string":
        return piece
    if piece.kind == "number":
        return c.combined(f"R.number_text({piece.code})", "string", piece)
    t = c.fresh()
    code = f"({t} if type({t} := {piece.code}) is str else R.text({t}, {c.site(node)}))"
    return c.combined(code, "string", piece)


def condition(c: Compiler, node: tree.Expression) -> Piece:
    """The value as a Python bool."""
    piece = c.expression(node)
    if piece.kind == "boolean":
        return piece
    t = c.fresh()
    code = f"({t} if ({t} := {piece.code}) is True or {t} is False else truth(R, {t}, {c.site(node)}))"
    return c.combined(code, "boolean", piece)


def number(c: Compiler, node: tree.Expression) -> Piece:
    """The value as a number."""
    piece = c.expression(node)
    if piece.kind == "number":
        return piece
    t = c.fresh()
    code = f"({t} if type({t} := {piece.code}) is int else number_of({t}, {c.site(node)}))"
    return c.combined(code, "number", piece)


def present(c: Compiler, node: tree.Expression) -> Piece:
    """The value, which must not be missing."""
    piece = c.expression(node)
    if piece.kind != "any":
        return piece
    t = c.fresh()
    code = f"({t} if ({t} := {piece.code}) is not None else need({c.site(node)}))"
    return c.combined(code, "present", piece)


def guarded(c: Compiler, node: tree.Expression) -> Piece:
    """The operand of `!` and `??`: None where it is missing; parentheses widen that to all within."""
    if isinstance(node, tree.Parentheses):
        return forgiving(c, node.inner)
    return c.expression(node)


def forgiving(c: Compiler, node: tree.Expression) -> Piece:
    """The value, or None when anything that it needs is missing."""
    if isinstance(node, tree.Parentheses):
        return forgiving(c, node.inner)
    if isinstance(node, tree.Variable | tree.String | tree.Number | tree.Boolean):
        return c.expression(node)
    if isinstance(node, tree.Dot):
        target = forgiving(c, node.target)
        t = c.fresh()
        key = c.constant(node.key)
        code = (
            f"({t}.get({key}) if type({t} := {target.code}) is dict else soft_dot({t}, {key}, {c.site(node.target)}))"
        )
        return c.combined(code, "any", target)
    if isinstance(node, tree.Index):
        target, key_piece = forgiving(c, node.target), forgiving(c, node.key)
        sites = f"{c.site(node.target)}, {c.site(node.key)}"
        return c.combined(f"soft_index(R, {target.code}, {key_piece.code}, {sites})", "any", target, key_piece)
    piece = c.expression(node)
    return c.combined(f"forgive(lambda: {piece.code})", "any", piece)


def _variable(c: Compiler, node: tree.Variable) -> Piece:
    return c.lookup(node.name)


def _dot(c: Compiler, node: tree.Dot) -> Piece:
    target = c.expression(node.target)
    key, site = c.constant(node.key), c.site(node.target)
    if target.code.isidentifier():
        value, bound = target.code, target.code
    else:
        value = c.fresh()
        bound = f"{value} := {target.code}"
    return c.combined(f"({value}.get({key}) if type({bound}) is dict else dot({value}, {key}, {site}))", "any", target)


def _index(c: Compiler, node: tree.Index) -> Piece:
    if isinstance(node.target, tree.BuiltIn) and catalogue.BUILT_INS[node.target.name].keyed:
        return catalogue.compile_call(c, node.target, [node.key])
    target, key = c.expression(node.target), c.expression(node.key)
    sites = f"{c.site(node.target)}, {c.site(node.key)}"
    return c.combined(f"index(R, {target.code}, {key.code}, {sites})", "any", target, key)


def _keyed_dot(c: Compiler, node: tree.Dot) -> Piece:
    if isinstance(node.target, tree.BuiltIn) and catalogue.BUILT_INS[node.target.name].keyed:
        key = tree.String(node.start, node.end, node.key)
        return catalogue.compile_call(c, node.target, [key])
    return _dot(c, node)


def _range(c: Compiler, node: tree.Range) -> Piece:
    low = number(c, node.low)
    if node.high is None:
        return c.combined(f"endless_range({low.code}, {c.site(node.low)})", "present", low)
    high = c.expression(node.high)
    kind, sites = c.constant(node.kind), f"{c.site(node.low)}, {c.site(node.high)}"
    return c.combined(f"bounded_range({low.code}, {kind}, {high.code}, {sites})", "present", low, high)


def _call(c: Compiler, node: tree.Call) -> Piece:
    if isinstance(node.target, tree.BuiltIn):
        return catalogue.compile_call(c, node.target, node.arguments, node)
    target = c.expression(node.target)
    arguments = [c.expression(argument) for argument in node.arguments]
    listed = "".join(argument.code + ", " for argument in arguments)
    site = c.site(node.target)
    if _is_to_json(node):
        code = f"(\n#{c.site(node)}\ncall_json(R, {target.code}, {arguments[0].code}, {site}))"
    else:
        code = f"(\n#{c.site(node)}\ncall(R, {target.code}, ({listed}), {site}))"
    return c.combined(code, "any", target, *arguments)


def _is_to_json(node: tree.Call) -> bool:
    """Does it look like `UtilClass.toJsonString(x)`, which has a shorter way?"""
    return (
        isinstance(node.target, tree.Dot) and node.target.key in {"toJsonString", "toJson"} and len(node.arguments) == 1
    )


def _built_in(c: Compiler, node: tree.BuiltIn) -> Piece:
    return catalogue.compile_bare(c, node)


def _default(c: Compiler, node: tree.Default) -> Piece:
    target = guarded(c, node.target)
    if node.fallback is None:
        fallback = Piece("BLANK", "present")
    else:
        fallback = c.expression(node.fallback)
    kind = "any" if fallback.kind == "any" else "present"
    if target.code.isidentifier():
        code = f"({target.code} if {target.code} is not None else {fallback.code})"
    else:
        t = c.fresh()
        code = f"({t} if ({t} := {target.code}) is not None else {fallback.code})"
    return c.combined(code, kind, target, fallback)


def _exists(c: Compiler, node: tree.Exists) -> Piece:
    target = guarded(c, node.target)
    return c.combined(f"(({c.fresh()} := {target.code}) is not None)", "boolean", target)


def _parentheses(c: Compiler, node: tree.Parentheses) -> Piece:
    return c.expression(node.inner)


def _not(c: Compiler, node: tree.Not) -> Piece:
    operand = condition(c, node.operand)
    return c.combined(f"(not {operand.code})", "boolean", operand)


def _sign(c: Compiler, node: tree.Sign) -> Piece:
    operand = c.expression(node.operand)
    function = "negate" if node.negative else "number_of"
    return c.combined(f"{function}({operand.code}, {c.site(node.operand)})", "number", operand)


def _sequence(c: Compiler, node: tree.Sequence) -> Piece:
    items = [present(c, item) for item in node.items]
    return c.combined(f"R.made_items([{', '.join(i.code for i in items)}])", "present", *items)


def _hash(c: Compiler, node: tree.Hash) -> Piece:
    pairs = [(text(c, key), present(c, value)) for key, value in node.pairs]
    code = ", ".join(f"{key.code}: {value.code}" for key, value in pairs)
    return c.combined(f"R.made_items({{{code}}})", "present", *(piece for pair in pairs for piece in pair))


def _lambda(c: Compiler, node: tree.Lambda) -> Piece:
    return Piece(lambda_function(c, node)[0], "present")


def lambda_function(c: Compiler, node: tree.Lambda, as_condition: bool = False) -> tuple[str, Piece]:
    """Write the lambda as a function; its name, and the piece that it returns."""
    from destinations.freemarker.scope import Frame

    name, parameter = c.fresh("f"), c.fresh("v")
    with (
        c.python_function(name, parameter) as function,
        c.framed(Frame("lambda", {node.parameter: parameter}, function)),
    ):
        body = c.expression(node.body)
        if as_condition and body.kind != "boolean":
            body = Piece(f"tested(R, {body.code}, {c.site(node.body)})", "boolean")
        c.emit(f"return ({body.code})")
    return name, body


def _binary(c: Compiler, node: tree.Binary) -> Piece:
    return _OPERATORS[node.operator](c, node)


def _operands(c: Compiler, node: tree.Binary) -> tuple[Piece, Piece, str]:
    left, right = c.expression(node.left), c.expression(node.right)
    return left, right, f"{c.site(node.left)}, {c.site(node.right)}"


def _arithmetic(function: str) -> Callable[[Compiler, tree.Binary], Piece]:
    def compile_(c: Compiler, node: tree.Binary) -> Piece:
        left, right = number(c, node.left), number(c, node.right)
        sites = f"{c.site(node.left)}, {c.site(node.right)}"
        code = f"(\n#{c.site(node)}\n{function}({left.code}, {right.code}, {sites}))"
        return c.combined(code, "number", left, right)

    return compile_


def _add(c: Compiler, node: tree.Binary) -> Piece:
    left, right, sites = _operands(c, node)
    kind = "number" if left.kind == right.kind == "number" else "present"
    return c.combined(f"add(R, {left.code}, {right.code}, {sites})", kind, left, right)


_LITERALS = {tree.String: "str", tree.Number: "int"}


def _equality(c: Compiler, node: tree.Binary) -> Piece:
    left, right, sites = _operands(c, node)
    negation = "not " if node.operator == "!=" else ""
    whole = c.site(node)
    fraction = isinstance(node.right, tree.Number) and isinstance(node.right.value, Decimal)
    literal = _LITERALS.get(type(node.right))
    if literal and not fraction:
        t = c.fresh()
        slow = f"{negation}equal({t}, {right.code}, {whole}, {sites})"
        code = f"({t} {node.operator} {right.code} if type({t} := {left.code}) is {literal} else {slow})"
    else:
        code = f"({negation}equal({left.code}, {right.code}, {whole}, {sites}))"
    return c.combined(code, "boolean", left, right)


def _order(c: Compiler, node: tree.Binary) -> Piece:
    left, right, sites = _operands(c, node)
    sign = c.constant(node.operator)
    code = f"ordered({left.code}, {sign}, {right.code}, {c.site(node)}, {sites})"
    return c.combined(code, "boolean", left, right)


def _logic(operator: str) -> Callable[[Compiler, tree.Binary], Piece]:
    def compile_(c: Compiler, node: tree.Binary) -> Piece:
        left, right = condition(c, node.left), condition(c, node.right)
        return c.combined(f"({left.code} {operator} {right.code})", "boolean", left, right)

    return compile_


_OPERATORS: dict[str, Callable[[Compiler, tree.Binary], Piece]] = {
    "+": _add,
    "-": _arithmetic("subtract"),
    "*": _arithmetic("multiply"),
    "/": _arithmetic("divide"),
    "%": _arithmetic("modulo"),
    "==": _equality,
    "!=": _equality,
    "<": _order,
    "<=": _order,
    ">": _order,
    ">=": _order,
    "&&": _logic("and"),
    "||": _logic("or"),
}


def _special(c: Compiler, node: tree.Special) -> Piece:
    from destinations.freemarker.special_variables import compile_special

    return compile_special(c, node)


FORMULAS: dict[type[tree.Node], Callable[..., Piece]] = {
    tree.Number: _number,
    tree.String: _string,
    tree.Interpolated: _interpolated,
    tree.Boolean: _boolean,
    tree.Sequence: _sequence,
    tree.Hash: _hash,
    tree.Variable: _variable,
    tree.Special: _special,
    tree.Dot: _keyed_dot,
    tree.Index: _index,
    tree.Range: _range,
    tree.Call: _call,
    tree.BuiltIn: _built_in,
    tree.Default: _default,
    tree.Exists: _exists,
    tree.Parentheses: _parentheses,
    tree.Not: _not,
    tree.Sign: _sign,
    tree.Binary: _binary,
    tree.Lambda: _lambda,
}
