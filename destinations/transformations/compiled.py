"""A stored transformation -> the function that does it."""

from collections.abc import Callable
from typing import Any

from destinations.event_steps import compile_steps
from destinations.freemarker import TemplateError
from destinations.freemarker.limits import KIB, MIB, Limits
from destinations.messages.controls import without_controls
from destinations.messages.original import message_of
from destinations.models import Language
from destinations.transformations.results import Result, TransformationFailed, read_result
from events.shape import complete

Data = dict[str, Any]
# From an event's stored data, and the message that it came as, to what becomes of it. Raises TransformationFailed.
Transform = Callable[[Data, Data | None], Result]

# Less than a payload template may use: it runs while events are routed, and one that is slow keeps others waiting.
LIMITS = Limits(steps=200_000, wall_seconds=0.25, made_bytes=8 * MIB, regex_seconds=0.05, output_characters=512 * KIB)
MOST_WORDS = 8_000


def compile_transformation(stored: Data, *, of_messages: bool) -> Transform:
    """`stored`: as rules.py returned it, not empty. `of_messages`: it changes the message that is sent, else the event
    in the export shape. Raises TemplateError for a template that does not parse."""
    if "steps" in stored:
        change = compile_steps(stored["steps"])

        def by_steps(data: Data, came_as: Data | None) -> Result:
            try:
                return Result((change(without_controls(message_of(data, came_as)) if of_messages else data),))
            except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
                raise TransformationFailed(f"The transformation’s steps fail: {error}"[:MOST_WORDS]) from None

        return by_steps
    render = template_of(stored["language"], stored["template"])

    def transform(data: Data, came_as: Data | None) -> Result:
        try:
            text = render(scope_of(data, came_as, of_messages=of_messages))
        except TemplateError as error:
            raise TransformationFailed(f"The transformation fails: {error}"[:MOST_WORDS], error) from None
        return read_result(text, needs_type=not of_messages)

    return transform


def scope_of(data: Data, came_as: Data | None, *, of_messages: bool) -> Data:
    """What a template sees: `input`, which it changes, and `event`, the event in its export shape. What an event says
    of its own headers and path is not among it, so what is there afterwards is the transformation's."""
    event = complete(data)
    return {"input": without_controls(message_of(data, came_as)) if of_messages else event, "event": event}


def template_of(language: str, source: str) -> Callable[[Data], str]:
    """Under the limits of transformations. Raises TemplateError."""
    if language == Language.JINJA2:
        from destinations.jinja import Template as Jinja2Template

        return Jinja2Template(source, name="transformation", limits=LIMITS).render
    from destinations.freemarker import Template as FreeMarkerTemplate

    return FreeMarkerTemplate(source, name="transformation", limits=LIMITS).render
