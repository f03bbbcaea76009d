"""Everything that can be wrong with a kind: its data, its templates, its samples, its logo. (pure)"""

import json
from pathlib import Path
from typing import Any

from destinations.endpoint import BadURL, Endpoint, check_url
from destinations.freemarker import Template, TemplateError
from destinations.header_rules import BadHeader
from destinations.http_mapping.requests import BadMapping
from destinations.kind.definition import Kind, Sample
from destinations.kind.folder import BadFiles, KindFiles, Located, read_folder, read_zip
from destinations.kind.logo import BadLogo, checked_logo
from destinations.kind.parameter_rules import checked_values
from destinations.kind.problems import BadKind, Place, Problem
from destinations.kind.rendering import KindRequests, Rendered, Skipped
from destinations.kind.rules import read_kind
from destinations.kind.url_template import BadURLTemplate, URLTemplate
from destinations.kind.uses import usages
from destinations.mappings import BadMappings, check_mappings
from destinations.payloads import compile_template


def check_path(path: Path) -> list[Located]:
    """What is wrong with a folder or a zip, by file and line; empty when nothing is."""
    try:
        files = read_zip(path.read_bytes(), path.name) if path.is_file() else read_folder(path)
    except BadFiles as error:
        return error.problems
    return [files.locate(problem) for problem in check_definition(files.slug, files.definition, files.logo)]


def kind_of(files: KindFiles) -> Kind:
    """Raises BadKind."""
    return checked_kind(files.slug, files.definition, files.logo)


def checked_kind(slug: str, definition: Any, logo: bytes = b"") -> Kind:
    """A kind that can be put into the catalog. Raises BadKind."""
    problems = check_definition(slug, definition, logo)
    if problems:
        raise BadKind(problems)
    return read_kind(slug, definition, checked_logo(logo) if logo else b"")


def check_definition(slug: str, definition: Any, logo: bytes = b"") -> list[Problem]:
    """What a folder, a file or the portal's form has to be told, most basic things first."""
    problems = _logo_problems(logo)
    try:
        kind = read_kind(slug, definition)
    except BadKind as error:
        return [*error.problems, *problems]
    problems += template_problems(kind) or usage_problems(kind)
    if not problems:
        for number, sample in enumerate(kind.samples):
            problems += sample_problems(kind, sample, ("samples", number))
    return problems


def usage_problems(kind: Kind) -> list[Problem]:
    """What is declared and not used, or used and not declared."""
    problems = []
    for usage in usages(kind):
        if usage.fault == "undeclared":
            words = f"{usage.name} is used and not declared. Declare the {usage.what}."
            problems.append(Problem(usage.uses[0].place, words, usage.uses[0].line))
        elif usage.fault:
            problems.append(Problem(usage.place, f"The {usage.what} {usage.name} is declared and not used."))
    return problems


def template_problems(kind: Kind) -> list[Problem]:
    """Templates that do not parse, and a URL that could be led elsewhere."""
    request, problems = kind.request, []
    if request.url:
        try:
            URLTemplate(kind)
        except (TemplateError, BadURLTemplate) as error:
            problems.append(_template_problem(("request", "url"), error))
    elif kind.parameters:
        problems.append(Problem(("request",), "A kind with parameters needs a URL: write request.url."))
    texts: list[tuple[Place, str]] = [(("request", "content_type"), request.content_type)]
    texts += [(("request", "headers", n, "value"), header.value) for n, header in enumerate(request.headers)]
    texts += [(("request", "auth", key), value) for key, value in (request.auth.values if request.auth else {}).items()]
    for place, source in texts:
        try:
            Template(source)
        except TemplateError as error:
            problems.append(_template_problem(place, error))
    if request.body == "template" or (kind.is_mapped and request.template):
        try:
            compile_template(request.language, request.template)
        except TemplateError as error:
            problems.append(_template_problem(("request", "template"), error))
    return problems


def sample_problems(kind: Kind, sample: Sample, place: Place) -> list[Problem]:
    """How what a sample makes differs from what it says."""
    try:
        made = render_sample(kind, sample)
    except BadKind as error:
        return [Problem((*place, *p.place), p.message, p.line) for p in error.problems]
    except (BadURL, BadMapping, BadHeader, Skipped) as error:
        return [Problem(place, f"The sample makes no request: {error}")]
    except TemplateError as error:
        return [_template_problem(("request", "template"), error)]
    wanted = sample.request
    shown = {"method": made.method, "url": made.url, "headers": dict(made.headers), "body": as_json(made.body)}
    return [
        Problem((*place, "request", key), f"The kind makes {_short(shown[key])}")
        for key in shown
        if not same(shown[key], wanted.get(key))
    ]


def render_sample(kind: Kind, sample: Sample) -> Rendered:
    """The request that a sample makes. Raises BadKind for its values, and what rendering raises."""
    values, wrong = checked_values(kind, sample.parameters, _check_url, complete=True)
    problems = [Problem(("parameters", name) if name else ("parameters",), message) for name, message in wrong]
    mappings: dict[str, Any] = {}
    try:
        mappings = check_mappings(sample.mappings, kind.mappings)
    except BadMappings as error:
        problems += [Problem(("mappings", *place), message) for place, message in error.problems]
    if problems:
        raise BadKind(problems)
    return KindRequests(kind, values, mappings, _check_url).whole(sample.event)


def as_json(text: str) -> Any:
    """The value of a JSON text, and any other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def same(one: Any, other: Any) -> bool:
    """Equal with the same types and the same order of keys: 1 is neither true nor 1.0."""
    return json.dumps(one) == json.dumps(other)


def _check_url(url: str) -> Endpoint:
    return check_url(url)


def _logo_problems(logo: bytes) -> list[Problem]:
    try:
        if logo:
            checked_logo(logo)
    except BadLogo as error:
        return [Problem(("logo",), str(error), error.line)]
    return []


def _template_problem(place: Place, error: TemplateError | BadURLTemplate) -> Problem:
    if isinstance(error, BadURLTemplate):
        return Problem(place, str(error), error.line)
    return Problem(place, f"{error.message}. {error.tip}" if error.tip else error.message, error.line)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 2_000 else text[:2_000] + "…"
