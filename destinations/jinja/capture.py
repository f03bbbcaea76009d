"""Charges for text and values that are kept rather than put out at once."""

from __future__ import annotations

from typing import Any

from jinja2.utils import Namespace, pass_context

from destinations.jinja.comparison import key_of
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault, Place
from destinations.jinja.text import text


@pass_context
def printed(context: RenderContext, value: Any) -> str:
    """`{{ value }}` at the top of the template, where the renderer counts the output."""
    return value if type(value) is str else text(value, context.budget)


@pass_context
def captured(context: RenderContext, value: Any, constant: int) -> str:
    """`{{ value }}` inside a macro or set block, with the `constant` characters of text around it."""
    shown = value if type(value) is str else text(value, context.budget)
    context.budget.text(len(shown) + constant)
    return shown


@pass_context
def built(context: RenderContext, value: Any) -> Any:
    """A list or mapping written out in the template."""
    context.budget.items(len(value))
    return value


@pass_context
def defined_macro(context: RenderContext, _: None) -> None:
    """A macro's definition was reached."""
    context.budget.make(1_000)


def key(value: Any) -> Any:
    """A key of a mapping written out in the template."""
    return key_of(value)


def namespace(value: Any, place: Place) -> None:
    """The holder of `{% set holder.name = ... %}`."""
    if type(value) is not Namespace:
        tip = "Only a namespace keeps attributes: {% set ns = namespace(x=1) %}{% set ns.x = 2 %}."
        raise Fault("other", f"{place[0]} cannot be set: data do not change.", tip, place)
