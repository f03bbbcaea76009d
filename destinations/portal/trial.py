"""A kind in the making as its users will meet it: the setup modal, the request, declared and used."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from destinations.allowed_endpoint import endpoint_of
from destinations.endpoint import BadURL
from destinations.freemarker import TemplateError
from destinations.header_rules import BadHeader
from destinations.kind.check import as_json, check_definition
from destinations.kind.definition import COHORTS, Kind, MappingField, Parameter
from destinations.kind.parameter_rules import checked_values
from destinations.kind.problems import BadKind, Problem
from destinations.kind.rendering import KindRequests, Rendered, Skipped
from destinations.kind.rules import read_kind
from destinations.kind.shown_url import shown_url
from destinations.kind.url_template import BadURLTemplate
from destinations.kind.uses import Usage, usages
from destinations.mappings import BadMappings, check_mappings
from destinations.models import Destination, Language, PayloadMode
from destinations.samples import BUILT_IN_DATA, BadSample, read_sample
from destinations.signing_rules import new_secret
from destinations.stored_secrets import as_stored
from events.jsontext import dumps
from events.models import Project

MOST_MENDED = 6
PLACEHOLDERS: dict[str, Any] = {"name": "Untitled", "category": "Other", "summary": "…"}
BATCH: dict[str, Any] = {
    "type": "cohort.update",
    "action": "enter",
    "cohort": {"id": "loyal", "name": "Loyal customers"},
    "users": [{"user_id": "user_1001", "user_properties": {"email": "user_1001@example.com"}}],
}


@dataclass(frozen=True, slots=True)
class Given:
    """The test instance: what was typed. Secrets are used and never stored."""

    parameters: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    event: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the setup modal. `value`: what was typed, `example`: what is used where nothing was."""

    name: str
    label: str
    value: str
    example: str
    help: str
    needed: bool
    secret: bool = False
    choices: tuple[Any, ...] = ()


@dataclass(slots=True)
class Trial:
    """What the right side of the editor shows. `kind` is None where nothing can be read yet."""

    kind: Kind | None
    problems: list[Problem]
    given: Given
    rendered: Rendered | None = None
    why_not: str = ""
    uses: list[Usage] = field(default_factory=list)

    @property
    def asked(self) -> list[Asked]:
        return [_asked(one, self.given) for one in self.kind.parameters] if self.kind else []

    @property
    def mapped(self) -> list[Asked]:
        return [_mapped(one, self.given) for one in self.kind.mappings] if self.kind else []

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Errors of the body's template for the editor's margin; rows count from 0."""
        return [
            {"row": (problem.line or 1) - 1, "column": 0, "text": problem.message, "type": "error"}
            for problem in self.problems
            if problem.place == ("request", "template")
        ]


def try_out(slug: str, definition: dict[str, Any], logo: bytes, given: Given) -> Trial:
    """Renders as much as can be read; nothing is sent."""
    problems = check_definition(slug, definition, logo)
    kind = readable_part(slug, definition, logo)
    trial = Trial(kind, problems, given)
    if kind is None:
        return trial
    trial.uses = usages(kind)
    try:
        trial.rendered = render(kind, given)
    except (BadSample, CannotRender) as error:
        trial.why_not = str(error)
    return trial


class CannotRender(ValueError):
    """Why there is no request; the message says what to do."""


def render(kind: Kind, given: Given) -> Rendered:
    """Raises CannotRender and BadSample."""
    if kind.is_plain:
        raise CannotRender("There is no URL yet.")
    values, mappings, event = values_of(kind, given), mappings_of(kind, given), event_of(kind, given)
    try:
        return KindRequests(kind, values, mappings, endpoint_of).whole(event)
    except Skipped as error:
        raise CannotRender(f"This event would be skipped: {error}") from None
    except TemplateError as error:
        raise CannotRender(error.brief) from None
    except (BadURL, BadHeader, BadURLTemplate) as error:
        raise CannotRender(str(error)) from None


def test_instance(project: Project, kind: Kind, given: Given) -> Destination:
    """A destination of the kind that is never saved, for one request of its own. Raises CannotRender."""
    values = values_of(kind, given)
    try:
        url = shown_url(kind, values)
    except (TemplateError, BadURLTemplate) as error:
        raise CannotRender(str(error).partition("\n")[0]) from None
    made = Destination(
        project=project,
        name=f"Test of {kind.name}",
        kind=kind.slug,
        url=url,
        method=kind.request.method,
        parameters=dumps(values) if values else "",
        mappings=mappings_of(kind, given),
        payload_mode=PayloadMode.TEMPLATE if kind.request.body == "template" else PayloadMode.RAW,
        language=Language(kind.request.language),
        template=kind.request.template,
        signing=kind.signing,
        secrets=_throwaway_secret(kind),
    )
    made.kind_in_making = kind
    made.__dict__["header_list"] = []
    return made


def _throwaway_secret(kind: Kind) -> str:
    """A signature to look at; no receiver knows its secret."""
    if not kind.signing:
        return ""
    return as_stored({"signing": [{"value": new_secret(kind.signing["scheme"]), "until": None}]})


def values_of(kind: Kind, given: Given) -> dict[str, Any]:
    """Typed ones, and an example for each that a user would have to give. Raises CannotRender."""
    wanted = {one.name: given.parameters.get(one.name) or _example(one) for one in kind.parameters}
    values, wrong = checked_values(kind, wanted, endpoint_of, complete=False)
    if wrong:
        name, message = wrong[0]
        raise CannotRender(f"Test value of {name}: {message}")
    return values


def mappings_of(kind: Kind, given: Given) -> dict[str, Any]:
    """Raises CannotRender."""
    fields = {one.name: given.fields.get(one.name) or _property(one) for one in kind.mappings}
    try:
        return check_mappings({"fields": fields}, kind.mappings, complete=False)
    except BadMappings as error:
        raise CannotRender(str(error)) from None


def event_of(kind: Kind, given: Given) -> dict[str, Any]:
    """Raises BadSample."""
    if given.event.strip():
        return read_sample(given.event)
    return starting_event(kind.section)


def starting_event(section: str) -> dict[str, Any]:
    return BATCH if section == COHORTS else BUILT_IN_DATA


def readable_part(slug: str, definition: dict[str, Any], logo: bytes) -> Kind | None:
    """The kind without what cannot be read of it, so that the preview shows while one types."""
    part = PLACEHOLDERS | {key: value for key, value in deepcopy(definition).items() if value}
    part.pop("samples", None)
    for _ in range(MOST_MENDED):
        try:
            return read_kind(slug, part, logo)
        except BadKind as error:
            for problem in sorted(error.problems, key=lambda one: str(one.place), reverse=True):
                _drop(part, problem.place)
            part = PLACEHOLDERS | part
    return None


def example(kind: Kind, given: Given) -> dict[str, Any] | None:
    """A sample for the catalog: what the kind makes of the test event with values that are nobody's."""
    open_given = Given({}, given.fields, given.event)
    try:
        made = render(kind, open_given)
    except (BadSample, CannotRender):
        return None
    return {
        "name": "example",
        "event": event_of(kind, given),
        "parameters": {one.name: value for one in kind.parameters if (value := _example(one)) not in (None, "")},
        "mappings": mappings_of(kind, given),
        "request": {"method": made.method, "url": made.url, "headers": dict(made.headers), "body": as_json(made.body)},
    }


def _example(parameter: Parameter) -> Any:
    if parameter.default is not None:
        return parameter.default
    if parameter.choices:
        return parameter.choices[0].value
    match parameter.type:
        case "url":
            host = parameter.hosts[0].replace("*", "api") if parameter.hosts else "api.example.com"
            return f"https://{host}"
        case "rows":
            return ""
        case "number":
            return 1
        case "boolean":
            return True
    return f"your-{parameter.name.replace('_', '-')}"


def _asked(one: Parameter, given: Given) -> Asked:
    needed = one.required or one.default is not None
    shown = _example(one)
    choices = one.choices if one.type == "choice" else ()
    value = given.parameters.get(one.name, "")
    return Asked(one.name, one.label, value, str(shown), one.help, needed, one.secret, choices)


def _property(one: MappingField) -> str:
    """The test event's property that fills a field which is not mapped yet."""
    return one.suggested or ("user_id" if one.required else "")


def _mapped(one: MappingField, given: Given) -> Asked:
    return Asked(
        one.name,
        one.label,
        given.fields.get(one.name, ""),
        _property(one) or "user_properties.email",
        one.help,
        one.required,
    )


def _drop(part: Any, place: tuple[Any, ...]) -> None:
    """Takes out the list's row, or the key, that a problem is about."""
    holder: Any = part
    if place in (("request",), ()):  # a body without its template
        if place and isinstance(part.get("request"), dict):
            part["request"]["body"] = "raw"
        return
    numbers = [index for index, key in enumerate(place) if isinstance(key, int)]
    length = numbers[0] + 1 if numbers else len(place)
    for key in place[: length - 1]:
        try:
            holder = holder[key]
        except (KeyError, IndexError, TypeError):
            return
    last = place[length - 1]
    if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        del holder[last]
    elif isinstance(holder, dict):
        holder.pop(last, None)
