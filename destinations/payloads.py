"""An event's request body: as it came, or through a payload template in one of the two languages."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from destinations import catalog
from destinations.freemarker import TemplateError
from destinations.http_mapping.requests import BadMapping, MappedRequests
from destinations.kind.definition import COHORTS, Kind
from destinations.kind.scopes import scope_maker
from destinations.kind.writing import written
from destinations.kind_parameters import maps_body, parameters_of
from destinations.mappings import compile_mappings
from destinations.messages.body import body_of
from destinations.messages.original import message_of
from destinations.models import Destination, Language, PayloadMode
from destinations.secrets import SecretUnreadable
from destinations.sight import sight_of
from events.jsontext import dumps
from events.shape import complete


class Finding(Protocol):
    """Something to look at in a template of either language: what both of their `Finding`s tell."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...

    @property
    def message(self) -> str: ...

    @property
    def tip(self) -> str: ...


# From an event's stored data to the body's text; raises TemplateError.
Payload = Callable[[dict[str, Any]], str]


def compile_payload(destination: Destination) -> Payload:
    """The destination's body as a function of `Event.data`. Raises TemplateError for a template that does not parse,
    or whose parameters cannot be read."""
    body, sight = compile_body(destination), sight_of(destination)
    return (lambda data: body(sight.data(data))) if sight.renamed else body


def compile_body(destination: Destination) -> Payload:
    """The same of an event as the destination sees it (sight.py)."""
    kind = catalog.of(destination)
    if maps_body(destination):
        return _mapped_body(destination)
    if destination.payload_mode == PayloadMode.RAW:
        return written(kind, _raw(kind, destination))
    render = compile_template(destination.language, destination.template, destination.name)
    scope = scope_maker(kind, _parameters(destination), destination.mappings)
    return written(kind, lambda data: render(scope(data)))


def _raw(kind: Kind | None, destination: Destination) -> Payload:
    if kind is not None and kind.section == COHORTS:
        return dumps
    if kind is not None and kind.sends_messages:
        return lambda data: body_of(message_of(data))
    if destination.mappings:
        mapping = compile_mappings(destination.mappings)
        return lambda data: dumps(mapping.forwarded(complete(data)))
    return lambda data: dumps(complete(data))


def _mapped_body(destination: Destination) -> Payload:
    try:
        mapped = MappedRequests(_parameters(destination))
    except BadMapping as error:
        raise TemplateError("other", str(error)) from None

    def body(data: dict[str, Any]) -> str:
        try:
            return mapped.body(message_of(data))
        except BadMapping as error:
            raise TemplateError("other", str(error)) from None

    return body


def _parameters(destination: Destination) -> dict[str, Any]:
    try:
        return parameters_of(destination)
    except SecretUnreadable as error:
        raise TemplateError("other", f"The template has no parameters: {error}") from None


# Filled by kinds and mappings: present from the start, so that a template which names them fails in words of its own.
EMPTY_SCOPE: dict[str, Any] = {"parameters": {}, "mappedProperties": {}, "mappedFields": {}}


def compile_template(language: str, source: str, name: str = "template") -> Callable[[dict[str, Any]], str]:
    """`render(scope) -> text` for a template in `freemarker` or `jinja2`. Raises TemplateError."""
    if language == Language.JINJA2:
        from destinations.jinja import Template as Jinja2Template

        return Jinja2Template(source, name=name).render
    from destinations.freemarker import Template as FreeMarkerTemplate

    return FreeMarkerTemplate(source, name=name).render


def lint_template(language: str, source: str) -> Sequence[Finding]:
    """What may go wrong although the template can be read, by place. Raises TemplateError where it cannot."""
    if language == Language.JINJA2:
        from destinations.jinja import lint as lint_jinja2

        return lint_jinja2(source)
    from destinations.freemarker import lint as lint_freemarker

    return lint_freemarker(source)


__all__ = [
    "Finding",
    "Payload",
    "TemplateError",
    "compile_body",
    "compile_payload",
    "compile_template",
    "lint_template",
]
