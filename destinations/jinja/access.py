"""`a.b`, `a["b"]` and `a[1:3]`: data keys first, then the few attributes and methods a type offers."""

from __future__ import annotations

from typing import Any

from jinja2.runtime import LoopContext, Macro
from jinja2.utils import Namespace, pass_context

from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault, Place
from destinations.jinja.methods import METHODS, Method
from destinations.jinja.missing import Missing
from destinations.jinja.text import SCALARS, SEQUENCES, Group, require, subject

_LOOP_ATTRIBUTES = frozenset(
    ["index", "index0", "first", "last", "length", "revindex", "revindex0", "depth", "depth0", "previtem", "nextitem"]
)

_PYTHON_ATTRIBUTES = {kind: frozenset(dir(kind)) for kind in (*SCALARS, *SEQUENCES, dict, range)}
"""What Python would offer: named in the refusal, so that nobody takes a method for a lost key."""

_ABSENT = object()


def attribute(value: Any, name: str, place: Place) -> Any:
    """`value.name`; `place` is the whole expression."""
    kind = type(value)
    if kind is dict:
        found = value.get(name, _ABSENT)
        if found is not _ABSENT:
            return found
        if name not in _PYTHON_ATTRIBUTES[dict]:
            return Missing(None, value, name, place=place)
    elif kind is LoopContext and name in _LOOP_ATTRIBUTES:
        return getattr(value, name)
    return _offered(value, name, place)


def item(value: Any, key: Any, place: Place) -> Any:
    """`value[key]`; a text key falls back to the attribute, as in stock Jinja2."""
    kind = type(value)
    if kind is dict:
        if type(key) in SCALARS:
            try:
                return value[key]
            except KeyError:
                pass
        else:
            raise Fault("other", f"{subject(key)} cannot be a key.", None, place)
    elif (kind in SEQUENCES or kind is str or kind is range) and type(key) is int:
        try:
            return value[key]
        except IndexError:
            return Missing(None, value, key, place=place)
    if type(key) is str:
        return attribute(value, key, place)
    require(value)
    require(key)
    return Missing(None, value, key, place=place)


@pass_context
def part(context: RenderContext, value: Any, start: Any, stop: Any, step: Any) -> Any:
    """`value[start:stop:step]` of text, a list or a range."""
    kind = type(value)
    for bound in (value, start, stop, step):
        require(bound)
    if kind is not str and kind not in SEQUENCES and kind is not range:
        raise Fault("other", f"{subject(value)} has no parts to take.")
    if step == 0:
        raise Fault("other", "The step of a slice cannot be zero.")
    length = len(range(*slice(start, stop, step).indices(len(value))))
    if kind is str:
        context.budget.text(length)
    else:
        context.budget.items(length)
    return value[start:stop:step]


def _offered(value: Any, name: str, place: Place) -> Any:
    """What a type offers under a name, beyond its data."""
    kind = type(value)
    methods = METHODS.get(kind)
    if methods is not None and name in methods:
        return Method(name, value, methods[name])
    if kind is Namespace and not name.startswith("_"):
        return getattr(value, name, Missing(None, value, name, place=place))
    if kind is Group and name in Group._fields:
        return getattr(value, name)
    if name.startswith("__"):
        raise Fault("refused", f"{name} cannot be reached from a template.", None, place)
    require(value)
    if kind is Macro or kind is Method:
        raise Fault("refused", f"{subject(value)} has no attributes.", None, place)
    if kind not in SCALARS and kind is not dict and kind not in SEQUENCES and kind is not range:
        raise Fault("refused", f"{subject(value)} offers nothing called {name}.", None, place)
    if name in _PYTHON_ATTRIBUTES.get(kind, ()):
        offered = ", ".join(sorted(methods or ())) or "nothing"
        tip = f"{subject(value)} offers: {offered}."
        raise Fault("refused", f"{name} cannot be called from a template.", tip, place)
    return Missing(None, value, name, place=place)
