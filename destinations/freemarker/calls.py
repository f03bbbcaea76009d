"""Calling macros, functions and methods: arguments to parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from destinations.freemarker.faults import Fault, Missing
from destinations.freemarker.run import Run, wrong_type
from destinations.freemarker.values import Definition, Method, Value

Content = Callable[..., None]
"""Nested content: called with the buffer to print into and the values of `<#nested ...>`."""


class Discard:
    """A buffer that keeps nothing: what a function prints is dropped."""

    __slots__ = ()

    def append(self, text: str) -> None:
        pass

    def extend(self, texts: tuple[str, ...]) -> None:
        pass


DISCARD = Discard()


class BreakLoop(Exception):
    """`#break` from inside a Python function of its own, such as nested content."""


class ContinueLoop(Exception):
    """`#continue` from inside a Python function of its own."""


class Returned(Exception):
    """`#return` from inside a Python function of its own."""

    def __init__(self, value: Value = None) -> None:
        super().__init__()
        self.value = value


def call(run: Run, target: Value, arguments: tuple[Value, ...], at: int) -> Value:
    """`target(arguments)`; `at` is the site of the target."""
    if isinstance(target, Method):
        check_count(target.name, len(arguments), target.least, target.most)
        return target.call(run, *arguments) if target.with_run else target.call(*arguments)
    if isinstance(target, Definition):
        if not target.is_function:
            raise Fault(
                "other",
                f"{target.name} is a macro and cannot be called in an expression",
                tip=f"write <@{target.name}/>",
            )
        return target.body(DISCARD, None, *positional_values(target, arguments))
    raise wrong_type(target, "a function or method", at)


def call_macro(
    run: Run,
    buffer: Any,
    target: Value,
    positional: tuple[Value, ...],
    named: dict[str, Value] | None,
    content: Content | None,
    at: int,
) -> None:
    """`<@target .../>`."""
    if not isinstance(target, Definition):
        if target is None:
            raise Missing("There is no such macro", at, "define it in this template: <#macro name>...</#macro>")
        raise wrong_type(target, "a macro", at)
    if target.is_function:
        name = target.name
        raise Fault(
            "other", f"{name} is a function and cannot be called with <@{name}/>", tip=f"write ${{{name}(...)}}"
        )
    values = positional_values(target, positional) if named is None else named_values(target, named)
    target.body(buffer, content, *values)


def positional_values(target: Definition, given: tuple[Value, ...]) -> Sequence[Value]:
    """One value for each parameter, and the rest if the target takes one."""
    if target.preset is None and target.rest is None and len(given) == len(target.parameters):
        return given
    if target.preset:
        first, named = target.preset
        if named:
            given = _after_named(target, named, given)
        else:
            given = (*first, *given)
    count = len(target.parameters)
    values: list[Value] = [*given[:count], *[None] * (count - len(given))]
    if target.rest is not None:
        values.append(list(given[count:]))
    elif len(given) > count:
        raise Fault("other", f"{_title(target)} takes {_arguments(count)}, but {len(given)} were given")
    return values


def named_values(target: Definition, given: dict[str, Value]) -> list[Value]:
    """One value for each parameter, and the rest if the target takes one."""
    if target.preset:
        first, named = target.preset
        given = {**dict(zip(target.parameters, first, strict=False)), **named, **given}
    unknown = [name for name in given if name not in target.parameters]
    if unknown and target.rest is None:
        known = ", ".join(target.parameters) or "none"
        raise Fault("other", f"{_title(target)} has no parameter named {unknown[0]}", tip=f"its parameters: {known}")
    values = [given.get(name) for name in target.parameters]
    if target.rest is not None:
        values.append({name: given[name] for name in unknown} if given else [])
    return values


def _after_named(target: Definition, named: dict[str, Value], given: tuple[Value, ...]) -> tuple[Value, ...]:
    """Positional arguments fill the parameters that the preset names do not."""
    left = iter(given)
    values = [named[name] if name in named else next(left, None) for name in target.parameters]
    return (*values, *left)


def required(target: str, parameter: str, is_function: bool) -> None:
    """Raises Fault for a parameter without a value."""
    kind = "function" if is_function else "macro"
    raise Fault(
        "other",
        f"The {kind} {target} needs its parameter {parameter}, which is not given or missing",
        tip=f'give the parameter a default, {parameter}="", or the argument one, x!""',
    )


def check_count(name: str, count: int, least: int, most: int | None) -> None:
    """Raises Fault for too few or too many arguments."""
    if count < least or (most is not None and count > most):
        wanted = (
            _arguments(least)
            if least == most
            else f"{least} to {most} arguments"
            if most
            else f"at least {_arguments(least)}"
        )
        raise Fault("other", f"{name} takes {wanted}, but {count} {'was' if count == 1 else 'were'} given")


def _arguments(count: int) -> str:
    return {0: "no arguments", 1: "1 argument"}.get(count, f"{count} arguments")


def _title(target: Definition) -> str:
    return f"The {'function' if target.is_function else 'macro'} {target.name}"
