"""The rules of a transformation: as it is given -> as it is stored, or everything that is wrong. (pure)

`{"language": "freemarker" or "jinja2", "template": text}`, or `{"steps": [...]}` (event_steps.py); {} for none.
"""

from typing import Any

from destinations.event_paths import MOST_CHARACTERS, path_problem
from destinations.event_steps import check_steps
from destinations.freemarker import TemplateError
from destinations.models import Language
from destinations.transformations.compiled import template_of
from destinations.value_steps import BadSteps
from events.checking import BadPart

KEYS = ("language", "template", "steps")

Stored = dict[str, Any]


class BadTransformation(BadPart):
    """One that is refused."""


def check_transformation(given: Any, *, of_messages: bool = False) -> Stored:
    """`of_messages`: of a kind that sends messages, whose properties have other paths. Raises BadTransformation."""
    if not given:
        return {}
    if not isinstance(given, dict):
        raise BadTransformation([((), "Write {language: …, template: …}, or {steps: […]}.")])
    unknown = [key for key in given if key not in KEYS]
    if unknown:
        raise BadTransformation([((unknown[0],), f"“{unknown[0]}” is not a known key. Known: {', '.join(KEYS)}.")])
    if given.get("steps"):
        if str(given.get("template") or "").strip():
            raise BadTransformation([(("steps",), "There are both steps and a template. Keep one of them.")])
        return {"steps": _steps(given["steps"], of_messages=of_messages)}
    return _template(given)


def _steps(given: Any, *, of_messages: bool) -> list[Any]:
    try:
        return check_steps(given, problem_of=message_path_problem if of_messages else path_problem)
    except BadSteps as error:
        raise BadTransformation([(("steps", *place), message) for place, message in error.problems]) from None


def _template(given: dict[str, Any]) -> Stored:
    language, template = given.get("language", Language.FREEMARKER.value), given.get("template") or ""
    if language not in Language.values:
        raise BadTransformation([(("language",), f"“{language}” is not one of {', '.join(Language.values)}.")])
    if not isinstance(template, str):
        raise BadTransformation([(("template",), "The template is not text.")])
    if not template.strip():
        return {}
    try:
        template_of(language, template)
    except TemplateError as error:
        raise BadTransformation([(("template",), error.headline + str(error).removeprefix(error.message))]) from None
    return {"language": str(language), "template": template}


def message_path_problem(path: Any) -> str | None:
    """As event_paths.path_problem, of a message: properties.total, traits.email, context.ip, userId."""
    if not isinstance(path, str) or not path.strip() or not all(path.split(".")):
        return "Name the property: properties.total, traits.email, context.ip, userId …"
    if len(path) > MOST_CHARACTERS:
        return f"The property has {len(path):,} characters; at most {MOST_CHARACTERS:,} are allowed."
    return None
