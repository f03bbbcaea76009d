"""From one type to another: `?c`, `?string`, `?number`, `?boolean`, `?eval`, `?eval_json`."""

from __future__ import annotations

import json

from destinations.freemarker import formulas, tree
from destinations.freemarker.builtins.catalogue import built_in, compiled_built_in
from destinations.freemarker.builtins.dates import moment_text_in
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.escapes import c_string
from destinations.freemarker.faults import Fault, FaultHere, LimitReached
from destinations.freemarker.json_text import float_text
from destinations.freemarker.number_format import c_number, format_number
from destinations.freemarker.number_values import parse_number
from destinations.freemarker.python_code import Piece
from destinations.freemarker.run import Run, wrong_type
from destinations.freemarker.value_errors import WrongType, quoted
from destinations.freemarker.values import (
    Blank,
    Definition,
    Found,
    Matches,
    Moment,
    Number,
    Value,
    as_number,
    described,
)

_PLAIN_INT = 10**99


def c_text(run: Run, value: Value, at: int) -> str:
    """`?c`: the value as a computer language writes it."""
    kind = type(value)
    if kind is int and -_PLAIN_INT < value < _PLAIN_INT:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return float_text(value)
    number = as_number(value)
    if number is not None:
        return c_number(number, run.settings.c_format)
    if isinstance(value, Matches):
        return "true" if value else "false"
    if isinstance(value, Blank):
        value = ""
    if isinstance(value, str | Found):
        return run.made(c_string(value if isinstance(value, str) else value.text, run.settings.c_format))
    raise wrong_type(value, "a number, boolean or string", at, _c_tip(value))


def _c_tip(value: Value) -> str | None:
    if isinstance(value, Moment):
        return 'a date has no form of its own there: print it with ?string("...") or ?long?c'
    return "write whole hashes and sequences with UtilClass.toJsonString(...)"


@compiled_built_in("c")
def _c(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value = c.expression(node.target)
    return c.combined(f"c_text(R, {value.code}, {c.site(node.target)})", "string", value)


@compiled_built_in("cn")
def _cn(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value, t = formulas.guarded(c, node.target), c.fresh()
    null = f'("" if R.settings.c_format == {c.constant("XS")} else {c.constant("null")})'
    code = f"({null} if ({t} := {value.code}) is None else c_text(R, {t}, {c.site(node.target)}))"
    return c.combined(code, "string", value)


@built_in("string", takes=("printed?", "printed?"), gives="text", with_run=True, may_be_bare=True, keyed=True)
def string(run: Run, value: Value, *arguments: str) -> str:
    if isinstance(value, bool | Matches):
        return _boolean_string(run, bool(value), arguments)
    number = as_number(value)
    if len(arguments) > 1 and (number is not None or isinstance(value, Moment)):
        raise Fault("other", f"?string takes one format for {described(value)}, not two")
    if number is not None:
        return _number_string(run, number, arguments)
    if isinstance(value, Moment):
        return moment_text_in(run, value, arguments[0]) if arguments else run.text(value)
    if arguments:
        raise FaultHere(
            "type",
            f"?string takes no format for {described(value)}",
            tip="turn the text into a number with ?number first",
        )
    if isinstance(value, Definition):
        raise wrong_type(value, "a string, number, boolean or date", None)
    return run.text(value)


def _boolean_string(run: Run, value: bool, arguments: tuple[str, ...]) -> str:
    if not arguments:
        if run.settings.boolean_format == "true,false":
            return "true" if value else "false"
        return run.boolean_text(value)
    if len(arguments) == 1:
        raise Fault("other", "?string of a boolean takes two texts, one for true and one for false")
    return arguments[0 if value else 1]


def _number_string(run: Run, number: Number, arguments: tuple[str, ...]) -> str:
    if not arguments:
        return run.number_text(number)
    return run.made(format_number(number, arguments[0], run.settings.locale))


@built_in("number", gives="number", with_run=True)
def number(run: Run, value: Value) -> Number:
    found = as_number(value)
    if found is not None:
        return found
    return parse_number(run.text(value), run.limits.number_digits)


@built_in("boolean", of="text", gives="boolean", with_run=True)
def boolean(run: Run, value: str) -> bool:
    if value == "true":
        return True
    if value == "false":
        return False
    yes, comma, no = run.settings.boolean_format.partition(",")
    if comma and value in (yes, no):
        return value == yes
    raise FaultHere(
        "other", f"{quoted(value)} is not a boolean", tip='only "true" and "false" are; compare instead: x == "yes"'
    )


@built_in("eval_json", of="text", with_run=True)
def eval_json(run: Run, value: str) -> Value:
    run.spend(1 + (len(value) >> 4))
    run.charge(len(value) * 24)

    def exact(text: str) -> Number:
        return parse_number(text, run.limits.number_digits)

    def refuse(text: str) -> Value:
        raise FaultHere("other", f"{text} is not JSON")

    try:
        return json.loads(value, parse_float=exact, parse_int=exact, parse_constant=refuse)
    except WrongType as error:
        raise FaultHere("other", str(error)) from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, column {error.colno}"
        raise FaultHere(
            "other", f"The text is not JSON: {error.msg} at its {line}", tip=f"the text begins {quoted(value)}"
        ) from None


@compiled_built_in("eval")
def _eval(c: Compiler, node: tree.BuiltIn, arguments: list[tree.Expression]) -> Piece:
    value = formulas.text(c, node.target)
    code = f"(\n#{c.site(node)}\nevaluated(R, {value.code}, {c.snapshot()}))"
    return c.combined(code, "any", value)


def evaluated(run: Run, text: str, names: dict[str, Value]) -> Value:
    """`?eval`: the text as one expression, in the scope that `names` and the rendering make."""
    limits = run.limits
    if len(text) > limits.eval_characters:
        raise LimitReached(
            f"The text for ?eval is too long: more than {limits.eval_characters:,} characters (limit: eval_characters)"
        )
    if run.eval_depth >= limits.eval_depth:
        raise LimitReached(f"?eval is nested more than {limits.eval_depth} deep (limit: eval_depth)")
    run.spend(10 + len(text))
    run.eval_depth += 1
    try:
        return run.evaluate(text, run, names)
    finally:
        run.eval_depth -= 1


@built_in("with_args", takes=("value",), gives="present")
def with_args(target: Value, given: Value) -> Definition:
    """The macro or function with these arguments already given."""
    if not isinstance(target, Definition):
        raise Fault("type", f"?with_args works on macros and functions, this is {described(target)}")
    first, named = target.preset or ((), {})
    if isinstance(given, dict) and target.is_function:
        raise Fault("other", "?with_args of a function takes a sequence, not a hash")
    if isinstance(given, dict):
        return _with_preset(target, (first, {**named, **given}))
    if isinstance(given, list | tuple):
        return _with_preset(target, ((*first, *given), named))
    raise Fault("type", f"?with_args takes a hash or a sequence, not {described(given)}")


def _with_preset(target: Definition, preset: tuple[tuple[Value, ...], dict[str, Value]]) -> Definition:
    return Definition(target.name, target.parameters, target.rest, target.is_function, target.body, preset)
