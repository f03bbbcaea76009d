"""The rules of a kind: a definition (JSON) -> a Kind, or everything that is wrong with it. (pure)

What stands in templates and logos is checked by `check.py`; here it is text.
"""

import re
from typing import Any

from destinations.batch_rules import FORMATS, LIST, MOST_EVENTS, BatchForm
from destinations.header_rules import METHODS, BadHeader, check_header
from destinations.kind.answer_rules import read_answers
from destinations.kind.definition import (
    AUTH_TYPES,
    BODIES,
    COHORT_TOPICS,
    COHORTS,
    EVENTS,
    TOPICS,
    WRITERS,
    Auth,
    HeaderLine,
    Identifier,
    Kind,
    MappingField,
    Request,
    Sample,
)
from destinations.kind.parameter_rules import read_parameter
from destinations.kind.problems import BadKind, Place, Problem
from destinations.kind.shapes import Shape, twice
from destinations.signing_rules import BadSigning, check_signing, header_names

KEYS = (
    "name", "section", "category", "summary", "description", "setup", "parameters", "mappings", "request", "topics",
    "skip_without", "signing", "pace", "limits", "batch", "answers", "identifier", "samples",
)  # fmt: skip
REQUEST_KEYS = (
    "method",
    "url",
    "headers",
    "content_type",
    "auth",
    "body",
    "language",
    "template",
    "json",
    "user_agent",
)
MAPPING_KEYS = ("name", "label", "required", "help", "suggested")
SAMPLE_KEYS = ("name", "event", "parameters", "mappings", "request")
MOST_PARAMETERS, MOST_MAPPINGS, MOST_HEADERS, MOST_SAMPLES = 30, 30, 15, 20
MOST_SUMMARY = 90
MOST_TEXT, MOST_TEMPLATE = 20_000, 200_000

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAPPING_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]{0,63}")


def read_kind(slug: str, definition: Any, logo: bytes = b"") -> Kind:
    """Raises BadKind, naming the place of everything that is wrong."""
    problems: list[Problem] = []
    if not _SLUG.fullmatch(slug) or len(slug) > 64:
        problems.append(Problem((), f"“{slug}” is no name for a kind’s folder. Use a-z, 0-9 and single hyphens."))
    shape = Shape(definition, (), problems, KEYS)
    kind = Kind(
        slug=slug,
        name=shape.text("name", required=True, most=60),
        section=shape.choice("section", (EVENTS, COHORTS), EVENTS),
        category=shape.text("category", required=True, most=40),
        summary=shape.text("summary", required=True, most=MOST_SUMMARY),
        description=shape.text("description", most=MOST_TEXT),
        setup=shape.text("setup", most=MOST_TEXT),
        parameters=shape.each("parameters", _reader(read_parameter, problems), most=MOST_PARAMETERS),
        mappings=shape.each("mappings", _reader(_mapping, problems), most=MOST_MAPPINGS),
        request=_request(shape, problems),
        topics=_topics(shape),
        skip_without=shape.each("skip_without", _reader(_paths, problems), most=10),
        signing=_signing(shape),
        pace=shape.number("pace", 0.01, 100_000),
        **_limits(shape, problems),
        batch=_batch(shape, problems),
        answers=read_answers(shape.given.get("answers"), problems),
        identifier=_identifier(shape, problems),
        samples=shape.each("samples", _reader(_sample, problems), most=MOST_SAMPLES),
        logo=logo,
    )
    _check_names(kind, shape)
    if problems:
        raise BadKind(problems)
    return kind


def _reader(read: Any, problems: list[Problem]) -> Any:
    return lambda item, place: read(item, place, problems)


def _mapping(given: Any, place: Place, problems: list[Problem]) -> MappingField:
    shape = Shape(given, place, problems, MAPPING_KEYS)
    name = shape.text("name", required=True)
    if name and not _MAPPING_NAME.fullmatch(name):
        shape.problem(f"“{name}” cannot name a field. Use letters, digits, _ and -, at most 64.", "name")
    return MappingField(
        name=name,
        required=shape.flag("required"),
        label=shape.text("label", name, most=60),
        help=shape.text("help"),
        suggested=shape.text("suggested"),
    )


def _request(kind: Shape, problems: list[Problem]) -> Request:
    shape = Shape(kind.given.get("request", {}), ("request",), problems, REQUEST_KEYS)
    return Request(
        method=shape.choice("method", METHODS, "POST"),
        url=shape.text("url", most=4_000).strip(),
        headers=shape.each("headers", _reader(_header, problems), most=MOST_HEADERS),
        content_type=shape.text("content_type", "application/json", most=200),
        auth=_auth(shape, problems),
        body=shape.choice("body", BODIES, "template" if shape.given.get("template") else "raw"),
        language=shape.choice("language", ("freemarker", "jinja2"), "freemarker"),
        template=shape.text("template", most=MOST_TEMPLATE),
        json=shape.choice("json", WRITERS, ""),
        user_agent=_user_agent(shape),
    )


def _user_agent(request: Shape) -> str:
    value = request.text("user_agent", most=200)
    try:
        return check_header("User-Agent", value)[1]
    except BadHeader as error:
        request.problem(str(error), "user_agent")
        return ""


def _header(given: Any, place: Place, problems: list[Problem]) -> HeaderLine:
    shape = Shape(given, place, problems, ("name", "value"))
    name, value = shape.text("name", required=True), shape.text("value", required=True, most=8_000)
    try:
        check_header(name or "X", "")
    except BadHeader as error:
        shape.problem(str(error), "name")
    if name.lower() in ("content-type", "user-agent"):
        shape.problem(f"{name} is not set here: write request.content_type or request.user_agent.", "name")
    return HeaderLine(name, value)


def _auth(request: Shape, problems: list[Problem]) -> Auth | None:
    given = request.given.get("auth")
    if given is None:
        return None
    wanted = AUTH_TYPES.get(given.get("type", ""), ()) if isinstance(given, dict) else ()
    shape = Shape(given, (*request.place, "auth"), problems, ("type", *wanted))
    kind = shape.choice("type", tuple(AUTH_TYPES), next(iter(AUTH_TYPES)))
    return Auth(kind, {key: shape.text(key, most=8_000) for key in wanted})


def _topics(shape: Shape) -> tuple[str, ...]:
    cohort = shape.given.get("section") == COHORTS
    fitting = COHORT_TOPICS if cohort else tuple(topic for topic in TOPICS if topic not in COHORT_TOPICS)
    given = shape.texts("topics")
    for number, topic in enumerate(given):
        if topic and topic not in fitting:
            shape.problem(f"“{topic}” is not one of {', '.join(fitting)}.", "topics", number)
    return given or fitting[:1]


def _signing(shape: Shape) -> dict[str, Any]:
    """The settings alone: each destination has secrets of its own."""
    given = shape.given.get("signing")
    if isinstance(given, dict) and "secrets" in given:
        shape.problem("Each destination has its own secrets. Leave them out.", "signing", "secrets")
        given = {key: value for key, value in given.items() if key != "secrets"}
    try:
        return check_signing(given).settings
    except BadSigning as error:
        for problem in error.problems:
            shape.problem(problem.message, "signing", *problem.place)
        return {}


def _paths(given: Any, place: Place, problems: list[Problem]) -> tuple[str, ...]:
    if isinstance(given, list) and given and all(isinstance(path, str) and path for path in given):
        return tuple(given)
    problems.append(Problem(place, "Write a list of event paths, one of which must be filled: [user_id, device_id]."))
    return ()


def _limits(kind: Shape, problems: list[Problem]) -> dict[str, int | None]:
    shape = Shape(kind.given.get("limits", {}), ("limits",), problems, ("items", "bytes"))
    found = {"most_items": shape.number("items", 1, 1_000_000), "most_bytes": shape.number("bytes", 100, 100_000_000)}
    return {name: int(value) if value is not None else None for name, value in found.items()}


def _batch(kind: Shape, problems: list[Problem]) -> BatchForm | None:
    given = kind.given.get("batch")
    if given is None:
        return None
    shape = Shape(given, ("batch",), problems, ("events", "format", "key"))
    if kind.given.get("section") == COHORTS:
        shape.problem("A cohort kind’s requests hold many members already. Leave this out.")
    events = shape.number("events", 1, MOST_EVENTS)
    return BatchForm(shape.choice("format", tuple(FORMATS), LIST), shape.text("key"), int(events or MOST_EVENTS))


def _identifier(kind: Shape, problems: list[Problem]) -> Identifier | None:
    if kind.given.get("section") != COHORTS:
        if "identifier" in kind.given:
            kind.problem("Only cohort kinds have an identifier: write section: cohorts, or leave it out.", "identifier")
        return None
    place: Place = ("identifier",)
    shape = Shape(kind.given.get("identifier", {}), place, problems, ("path", "parameter", "by"))
    by = shape.given.get("by", {})
    if not isinstance(by, dict) or not all(isinstance(path, str) and path for path in by.values()):
        shape.problem("Write {value of the parameter: path of the member}: {email: user_properties.email}.", "by")
        by = {}
    return Identifier(
        path=shape.text("path", "user_id"),
        parameter=shape.text("parameter"),
        by={str(value): path for value, path in by.items()},
    )


def _sample(given: Any, place: Place, problems: list[Problem]) -> Sample:
    shape = Shape(given, place, problems, SAMPLE_KEYS)
    objects = {key: shape.given.get(key, {}) for key in ("event", "parameters", "mappings", "request")}
    for key, value in objects.items():
        if not isinstance(value, dict):
            shape.problem("Write an object.", key)
            objects[key] = {}
    return Sample(name=shape.text("name", "sample"), **objects)


def _check_names(kind: Kind, shape: Shape) -> None:
    for number, name in twice(parameter.name for parameter in kind.parameters):
        shape.problem(f"The parameter {name} is declared twice. Rename one.", "parameters", number, "name")
    for number, name in twice(field.name for field in kind.mappings):
        shape.problem(f"The mapping field {name} is declared twice. Rename one.", "mappings", number, "name")
    for number, name in twice(header.name for header in kind.request.headers):
        shape.problem(f"The header {name} is set twice. Keep one.", "request", "headers", number, "name")
    signed = {name.lower() for name in header_names(kind.signing)}
    for number, header in enumerate(kind.request.headers):
        if header.name.lower() in signed:
            shape.problem(f"{header.name} belongs to the signature.", "request", "headers", number, "name")
    chosen_by = kind.identifier.parameter if kind.identifier else ""
    if chosen_by and kind.parameter(chosen_by) is None:
        shape.problem(f"There is no parameter {chosen_by}.", "identifier", "parameter")
    if (kind.sends_messages or kind.is_mapped) and kind.section == COHORTS:
        shape.problem("Cohort batches did not come as messages: write body: raw, or a template.", "request", "body")
    if kind.request.json and kind.sends_messages:
        shape.problem("A message goes out as it came. Leave this out.", "request", "json")
    for number, parameter in enumerate(kind.parameters):
        for name in parameter.needed_with:
            if kind.parameter(name) is None:
                shape.problem(f"There is no parameter {name}.", "parameters", number, "needed_with")
    if kind.request.body == "template" and not kind.request.template.strip():
        shape.problem("The payload template is missing: a file payload.ftl or payload.jinja.", "request")
