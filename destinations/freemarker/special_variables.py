"""Special variables to Python, and what they give."""

from __future__ import annotations

from destinations.freemarker import tree
from destinations.freemarker.compiler import Compiler
from destinations.freemarker.faults import Fault
from destinations.freemarker.helper_objects import SHARED_VALUES
from destinations.freemarker.python_code import Piece
from destinations.freemarker.run import Run
from destinations.freemarker.values import Value

VERSION = "2.3.32"

_SETTINGS = {
    "locale": "locale",
    "locale_object": "locale",
    "time_zone": "time_zone",
    "url_escaping_charset": "url_escaping_charset",
}
_TEMPLATE_NAMES = frozenset(
    [
        "template_name",
        "main_template_name",
        "current_template_name",
        "caller_template_name",
        "macro_caller_template_name",
    ]
)


def compile_special(c: Compiler, node: tree.Special) -> Piece:
    name = node.name
    if name in _SETTINGS:
        return Piece(f"R.settings.{_SETTINGS[name]}", "string")
    if name == "output_encoding":
        return Piece("(R.settings.output_encoding or None)")
    if name in _TEMPLATE_NAMES:
        return Piece("R.template_name", "string")
    if name in {"version", "incompatible_improvements"}:
        return Piece(c.constant(VERSION), "string")
    if name == "vars":
        return Piece(f"all_variables(R, {c.snapshot()})", "present")
    if name == "data_model":
        return Piece("data_model(R)", "present")
    if name == "globals":
        return Piece("global_variables(R)", "present")
    if name in {"main", "namespace"}:
        return Piece("R.namespace", "present")
    if name == "now":
        return Piece("now(R)", "present")
    if name == "error":
        return Piece(f"(\n#{c.site(node)}\nlast_error(R))", "string")
    if name == "lang":
        return Piece("language(R)", "string")
    if name in {"locals", "args"}:
        return _of_definition(c, name)
    return Piece("None")


def _of_definition(c: Compiler, name: str) -> Piece:
    frame = c.scope.definition()
    if frame is None:
        return Piece("None")
    if name == "locals":
        pairs = ", ".join(f"{c.constant(n)}: {v}" for n, v in frame.variables.items())
        return Piece(f"without_missing({{{pairs}}})", "present")
    given = [(n, frame.variables[n]) for n in frame.arguments if n != frame.rest]
    rest = "None" if frame.rest is None else frame.variables[frame.rest]
    if frame.is_function:
        return Piece(f"sequence_of_arguments([{', '.join(v for _, v in given)}], {rest})", "present")
    pairs = ", ".join(f"{c.constant(n)}: {v}" for n, v in given)
    return Piece(f"hash_of_arguments({{{pairs}}}, {rest})", "present")


def last_error(run: Run) -> str:
    """`.error`: what `#recover` recovers from."""
    if not run.errors:
        raise Fault("other", ".error exists only in #recover")
    return run.errors[-1]


def all_variables(run: Run, names: dict[str, Value]) -> dict[str, Value]:
    """`.vars`: what any name means here."""
    return run.made_items({**SHARED_VALUES, **run.data, **run.globals, **run.namespace, **without_missing(names)})


def global_variables(run: Run) -> dict[str, Value]:
    """`.globals`: what `#global` set, over the data."""
    return run.made_items({**SHARED_VALUES, **run.data, **run.globals}) if run.globals else run.data


def data_model(run: Run) -> dict[str, Value]:
    """`.data_model`: the data alone."""
    return run.data


def language(run: Run) -> str:
    return run.settings.locale.partition("_")[0]


def without_missing(names: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in names.items() if value is not None}


def hash_of_arguments(given: dict[str, Value], rest: Value) -> dict[str, Value]:
    """`.args` of a macro."""
    return {**given, **rest} if isinstance(rest, dict) else given


def sequence_of_arguments(given: list[Value], rest: Value) -> list[Value]:
    """`.args` of a function."""
    return given + rest if isinstance(rest, list) else given
