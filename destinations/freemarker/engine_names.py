"""Everything that the Python of a compiled template can name.

It is run with these and its own constants, and with no builtins of Python at all.
"""

from __future__ import annotations

from collections.abc import Callable

from destinations.freemarker import access, arithmetic, calls, comparison, special_variables
from destinations.freemarker.builtins import (
    choices,
    conversion,
    dates,
    escaping,
    existence,
    hashes,
    lambdas,
    loops,
    numbers,
    refused,
    sequences,
    strings,
    types,
)
from destinations.freemarker.builtins.catalogue import ARGUMENTS, BUILT_INS, bound, python_name
from destinations.freemarker.directives.assign import changed
from destinations.freemarker.directives.compress import compressed
from destinations.freemarker.faults import Fault, FaultHere, Missing
from destinations.freemarker.helper_objects import STATICS, UTIL, call_json
from destinations.freemarker.json_text import to_json
from destinations.freemarker.run import missing
from destinations.freemarker.values import BLANK, Definition, Markup, Value

FAMILIES = (
    choices,
    conversion,
    dates,
    escaping,
    existence,
    hashes,
    lambdas,
    loops,
    numbers,
    refused,
    sequences,
    strings,
    types,
)

RECOVERABLE = (Fault, ValueError, ArithmeticError)
"""What `#attempt` catches, unless it is a limit."""


def need(at: int) -> Value:
    """The value at a site is missing."""
    raise missing(at)


def fail(message: str) -> Value:
    raise Fault("other", message)


def fail_here(message: str) -> Value:
    """The running expression is to blame."""
    raise FaultHere("other", message)


def stop(message: str) -> None:
    """`#stop`."""
    raise Fault("other", message or "The template stopped")


def forgive(evaluate: Callable[[], Value]) -> Value:
    """The value, or None when something that it needs is missing."""
    try:
        return evaluate()
    except Missing:
        return None


NAMES: dict[str, object] = {
    "BLANK": BLANK,
    "BreakLoop": calls.BreakLoop,
    "ContinueLoop": calls.ContinueLoop,
    "DISCARD": calls.DISCARD,
    "Definition": Definition,
    "Markup": Markup,
    "Missing": Missing,
    "RECOVERABLE": RECOVERABLE,
    "Returned": calls.Returned,
    "STATICS": STATICS,
    "UTIL": UTIL,
    "add": arithmetic.add,
    "all_variables": special_variables.all_variables,
    "bound": bound,
    "bounded_range": access.bounded_range,
    "c_text": conversion.c_text,
    "call": calls.call,
    "call_json": call_json,
    "call_macro": calls.call_macro,
    "caller": lambdas.caller,
    "changed": changed,
    "compressed": compressed,
    "data_model": special_variables.data_model,
    "dict": dict,
    "divide": arithmetic.divide,
    "dot": access.dot,
    "endless_range": access.endless_range,
    "enumerate": enumerate,
    "equal": comparison.equal,
    "evaluated": conversion.evaluated,
    "fail": fail,
    "fail_here": fail_here,
    "forgive": forgive,
    "global_variables": special_variables.global_variables,
    "has_content": existence.has_content,
    "hash_of": hashes.hash_of,
    "hash_of_arguments": special_variables.hash_of_arguments,
    "index": access.index,
    "int": int,
    "is_boolean": types.is_boolean,
    "is_hash": types.is_hash,
    "is_number": types.is_number,
    "is_sequence": types.is_sequence,
    "is_string": types.is_string,
    "last_error": special_variables.last_error,
    "language": special_variables.language,
    "legacy_number": numbers.legacy_number,
    "len": len,
    "list": list,
    "modulo": arithmetic.modulo,
    "multiply": arithmetic.multiply,
    "need": need,
    "negate": arithmetic.negate,
    "now": dates.now,
    "number_of": arithmetic.number_of,
    "ordered": comparison.ordered,
    "required": calls.required,
    "sequence_of": sequences.sequence_of,
    "sequence_of_arguments": special_variables.sequence_of_arguments,
    "size_of": hashes.size_of,
    "soft_dot": access.soft_dot,
    "soft_index": access.soft_index,
    "stop": stop,
    "str": str,
    "subtract": arithmetic.subtract,
    "tested": lambdas.tested,
    "tester": lambdas.tester,
    "to_json": to_json,
    "truth": comparison.truth,
    "type": type,
    "without_missing": special_variables.without_missing,
    **lambdas.STEPS,
    **{f"{kind}_argument": check for kind, check in ARGUMENTS.items()},
    **{python_name(name): spec.function for name, spec in BUILT_INS.items() if spec.function},
}
