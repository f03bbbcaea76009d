"""The list of built-ins: what each works on, takes and gives, and how a use of it becomes Python.

A family's file names its functions with `@built_in(...)`; most are plain functions over plain values, called
as they are. Those whose arguments are not simply evaluated write their own Python (`compiles`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from destinations.freemarker import tree
from destinations.freemarker.faults import Fault, SyntaxFault
from destinations.freemarker.lexer import Token
from destinations.freemarker.number_values import whole_argument
from destinations.freemarker.python_code import Piece
from destinations.freemarker.values import Method, Value, as_number, described

if TYPE_CHECKING:
    from destinations.freemarker.compiler import Compiler
    from destinations.freemarker.run import Run

Compile = Callable[["Compiler", tree.BuiltIn, list[tree.Expression]], Piece]

_MARKUP_FORMATS = frozenset({"HTML", "XHTML", "XML"})
_ESCAPING_BY_HAND = frozenset({"html", "xhtml", "xml", "rtf"})
_ESCAPING_BY_FORMAT = frozenset({"esc", "no_esc"})


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """One built-in.

    `of` is what it works on: text, number, boolean, items, value, maybe (missing is fine).
    `takes` are its arguments in order: text (a string), printed (what prints as one), int, value or maybe; a `?`
    after one makes it optional, a `*` at the end repeats it. With arguments it must be called, unless it
    `may_be_bare`. `gives` is what is known of the result: text, boolean, number, present, any.
    """

    name: str
    function: Callable[..., Any] | None
    of: str
    takes: tuple[str, ...]
    gives: str
    with_run: bool
    may_be_bare: bool
    keyed: bool
    compiles: Compile | None
    parse_time: bool
    takes_lambda: bool
    loop_variable: bool

    @property
    def least(self) -> int:
        return sum(not kind.endswith(("?", "*")) for kind in self.takes)

    @property
    def most(self) -> int | None:
        return None if self.takes and self.takes[-1].endswith("*") else len(self.takes)


BUILT_INS: dict[str, BuiltIn] = {}


def built_in(
    name: str,
    *,
    of: str = "value",
    takes: tuple[str, ...] = (),
    gives: str = "any",
    with_run: bool = False,
    may_be_bare: bool = False,
    keyed: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the list. It is called as `(run?, value, *arguments)`."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        bare = may_be_bare or not takes
        BUILT_INS[name] = BuiltIn(name, function, of, takes, gives, with_run, bare, keyed, None, False, False, False)
        return function

    return enter


def compiled_built_in(
    name: str,
    *,
    takes: tuple[str, ...] = (),
    parse_time: bool = False,
    takes_lambda: bool = False,
    loop_variable: bool = False,
    keyed: bool = False,
) -> Callable[[Compile], Compile]:
    """Enter a built-in that writes its own Python. `parse_time` ones need their arguments at once."""

    def enter(compiles: Compile) -> Compile:
        BUILT_INS[name] = BuiltIn(
            name,
            None,
            "value",
            takes,
            "any",
            False,
            not takes,
            keyed,
            compiles,
            parse_time,
            takes_lambda,
            loop_variable,
        )
        return compiles

    return enter


def check_arguments(name: str, count: int, call: tree.Call) -> None:
    """Refuse a wrong number of arguments where the parser is told it. Raises SyntaxFault."""
    spec = BUILT_INS[name]
    if spec.parse_time and not (spec.least <= count and (spec.most is None or count <= spec.most)):
        raise SyntaxFault(_count_message(spec, count), call.start, call.end)


def check_escaping(name: str, output_format: str, token: Token) -> None:
    """Refuse escaping by hand where the output format escapes, and the reverse. Raises SyntaxFault."""
    escapes = output_format in _MARKUP_FORMATS
    if name in _ESCAPING_BY_HAND and escapes:
        message = f"?{name} would escape twice: the output format {output_format} escapes by itself"
        raise SyntaxFault(message, token.start, token.end, "leave it out")
    if name in _ESCAPING_BY_FORMAT and not escapes:
        message = f"?{name} needs an output format that escapes, such as HTML; here it is {output_format}"
        raise SyntaxFault(message, token.start, token.end)


def needs_format(name: str) -> bool:
    return name in _ESCAPING_BY_FORMAT


def compile_bare(c: Compiler, node: tree.BuiltIn) -> Piece:
    """`value?name` without a call after it."""
    spec = BUILT_INS[node.name]
    if spec.compiles:
        if spec.takes and not spec.may_be_bare:
            return _failure(c, node, f"?{node.name} needs arguments: ?{node.name}(...)")
        return spec.compiles(c, node, [])
    if spec.may_be_bare:
        return _called(c, spec, node, [], node.target)
    operand = _operand(c, spec, node.target)
    return c.combined(f"bound(R, {c.constant(node.name)}, {operand.code})", "present", operand)


def compile_call(
    c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression], whole: tree.Call | None = None
) -> Piece:
    """`value?name(arguments)`, also for a key: `value?name.key`, `value?name["key"]`."""
    spec = BUILT_INS[node.name]
    if not spec.takes and not spec.parse_time:
        target, listed = compile_bare(c, node), [c.expression(a) for a in arguments]
        code = "".join(piece.code + ", " for piece in listed)
        return c.combined(f"call(R, {target.code}, ({code}), {c.site(node)})", "any", target, *listed)
    count = len(arguments)
    if not count and whole is not None and spec.takes and spec.may_be_bare:
        return _failure(c, node, f"?{spec.name}() has no arguments: give one, or write ?{spec.name}")
    if count < spec.least or (spec.most is not None and count > spec.most):
        return _failure(c, node, _count_message(spec, count))
    if spec.compiles:
        return spec.compiles(c, node, arguments)
    return _called(c, spec, whole or node, arguments, node.target)


def _called(
    c: Compiler,
    spec: BuiltIn,
    node: tree.Expression,
    arguments: list[tree.Expression],
    target: tree.Expression,
) -> Piece:
    operand = _operand(c, spec, target)
    listed = [_argument(c, spec, i, argument) for i, argument in enumerate(arguments)]
    run = "R, " if spec.with_run else ""
    code = ", ".join(piece.code for piece in (operand, *listed))
    return c.combined(
        f"(\n#{c.site(node)}\n{python_name(spec.name)}({run}{code}))",
        _KINDS.get(spec.gives, spec.gives),
        operand,
        *listed,
    )


_KINDS = {"text": "string"}


def python_name(name: str) -> str:
    """The name under which compiled templates find a built-in's function."""
    return f"b_{name}"


def _operand(c: Compiler, spec: BuiltIn, node: tree.Expression) -> Piece:
    from destinations.freemarker import formulas

    if spec.of == "text":
        return formulas.text(c, node)
    if spec.of == "number":
        return formulas.number(c, node)
    if spec.of == "boolean":
        return formulas.condition(c, node)
    if spec.of == "maybe":
        return formulas.guarded(c, node)
    if spec.of == "items":
        piece, t = c.expression(node), c.fresh()
        code = f"({t} if type({t} := {piece.code}) is list else R.items({t}, {c.site(node)}))"
        return c.combined(code, "present", piece)
    if spec.of == "value":
        return formulas.present(c, node)
    piece = c.expression(node)
    return c.combined(f"{spec.of}_of(R, {piece.code}, {c.site(node)})", "present", piece)


def _argument(c: Compiler, spec: BuiltIn, position: int, node: tree.Expression) -> Piece:
    kind = spec.takes[min(position, len(spec.takes) - 1)].rstrip("?*")
    if kind == "printed":
        from destinations.freemarker import formulas

        return formulas.text(c, node)
    piece = c.expression(node)
    if kind == "maybe" or (kind == "text" and piece.kind == "string") or (kind == "value" and piece.kind != "any"):
        return piece
    if kind == "int" and piece.kind == "number" and piece.code.isdigit():
        return piece
    code = f"{kind}_argument({piece.code}, {c.constant(spec.name)}, {position + 1})"
    return c.combined(code, "present", piece)


def _failure(c: Compiler, node: tree.Expression, message: str) -> Piece:
    return Piece(f"(\n#{c.site(node)}\nfail({c.constant(message)}))", "present", 2)


def _count_message(spec: BuiltIn, count: int) -> str:
    least, most = spec.least, spec.most
    if most is None:
        wanted = f"at least {least}"
    else:
        wanted = str(least) if least == most else f"{least} to {most}"
    noun = "argument" if wanted == "1" else "arguments"
    return f"?{spec.name} takes {wanted} {noun}, but {count} {'was' if count == 1 else 'were'} given"


# What arguments must be. The sites are unknown here: such faults are those of the tag or interpolation.


def text_argument(value: Value, name: str, position: int) -> str:
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    raise _bad_argument(value, "a string", name, position, "turn numbers into text with ?c or ?string")


def int_argument(value: Value, name: str, position: int) -> int:
    if type(value) is int:
        return value
    number = as_number(value)
    if number is None:
        raise _bad_argument(value, "a number", name, position, "turn text into a number with ?number")
    return whole_argument(number)


def value_argument(value: Value, name: str, position: int) -> Value:
    if value is None:
        raise Fault("other", f"Argument {position} of ?{name} is missing")
    return value


def _bad_argument(value: Value, wanted: str, name: str, position: int, tip: str) -> Fault:
    if value is None:
        return Fault("other", f"Argument {position} of ?{name} is missing", tip='give it a default: (x)!""')
    return Fault("other", f"Argument {position} of ?{name} is {described(value)}, where {wanted} is needed", tip=tip)


ARGUMENTS = {"text": text_argument, "int": int_argument, "value": value_argument}


def bound(run: Run, name: str, value: Value) -> Method:
    """A built-in with its value, waiting for its arguments: `x?contains` before the call."""
    spec = BUILT_INS[name]

    def call(*given: Value) -> Value:
        arguments = []
        for i, argument in enumerate(given):
            kind = spec.takes[min(i, len(spec.takes) - 1)].rstrip("?*")
            if kind == "printed":
                argument = run.text(argument)
            elif kind != "maybe":
                argument = ARGUMENTS[kind](argument, name, i + 1)
            arguments.append(argument)
        assert spec.function
        return spec.function(run, value, *arguments) if spec.with_run else spec.function(value, *arguments)

    return Method(f"?{name}", call, spec.least, spec.most)
