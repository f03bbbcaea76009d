"""Parameters: how a kind declares them, and which values its users may give. (pure)"""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from destinations.endpoint import BadURL, Endpoint
from destinations.kind.definition import PARAMETER_TYPES, Choice, Kind, Parameter
from destinations.kind.problems import Place, Problem
from destinations.kind.shapes import Shape, twice

KEYS = ("name", "label", "type", "required", "secret", "default", "help", "choices", "hosts")
MOST_CHARACTERS = 8_192
MOST_CHOICES = 100

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_URL_PART = re.compile(r"[A-Za-z0-9._~-]{1,256}")
_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")

# From a URL to its checked form; raises BadURL.
CheckURL = Callable[[str], Endpoint]


class BadValue(ValueError):
    """A parameter's value that is refused; the message says why."""


def read_parameter(given: Any, place: Place, problems: list[Problem]) -> Parameter:
    """A parameter as a kind declares it."""
    shape = Shape(given, place, problems, KEYS)
    name = shape.text("name", required=True)
    if name and not _NAME.fullmatch(name):
        shape.problem(
            f"“{name}” cannot name a parameter: templates write parameters.name. Use letters, digits and _, "
            "no digit first, at most 64.",
            "name",
        )
    parameter = Parameter(
        name=name,
        label=shape.text("label", name, most=60),
        type=shape.choice("type", PARAMETER_TYPES, "text"),
        required=shape.flag("required"),
        secret=shape.flag("secret"),
        default=shape.given.get("default"),
        help=shape.text("help"),
        choices=shape.each("choices", lambda item, at: _choice(item, at, problems), most=MOST_CHOICES),
        hosts=shape.texts("hosts"),
    )
    _check(parameter, shape)
    return parameter


def _choice(given: Any, place: Place, problems: list[Problem]) -> Choice:
    shape = Shape(given, place, problems, ("value", "label"))
    value = shape.text("value", required=True)
    return Choice(value, shape.text("label", value))


def _check(parameter: Parameter, shape: Shape) -> None:
    if parameter.type == "choice" and len(parameter.choices) < 2:
        shape.problem("A choice needs at least two choices: [{value: …, label: …}, …].")
    if parameter.choices and parameter.type not in ("choice", "url"):
        shape.problem("Only a parameter of type choice or url has choices.", "choices")
    for number, value in twice(choice.value for choice in parameter.choices):
        shape.problem(f"“{value}” can be chosen twice.", "choices", number)
    if parameter.hosts and parameter.type != "url":
        shape.problem("Only a parameter of type url has hosts.", "hosts")
    for number, host in enumerate(parameter.hosts):
        if host and not _HOST.fullmatch(host):
            shape.problem(f"“{host}” is no host: write example.com, or *.example.com.", "hosts", number)
    if parameter.secret and parameter.default is not None:
        shape.problem("A secret has no default: it would be everybody’s.", "default")
    elif parameter.default is not None:
        try:
            checked_value(parameter, parameter.default, None)
        except BadValue as error:
            shape.problem(f"The default cannot be used: {error}", "default")


def checked_value(parameter: Parameter, value: Any, check_url: CheckURL | None) -> Any:
    """The value as it is stored; None or "" is no value. Text is read as what the parameter's type wants, because forms
    and files both come here. `check_url`: None where a URL's shape is not looked at. Raises BadValue."""
    if value is None or value == "":
        return None
    if parameter.type == "boolean":
        return _boolean(value)
    if parameter.type == "number":
        return _number(value)
    if not isinstance(value, str):
        raise BadValue("Write text. Put it in quotes.")
    value = value.strip()
    if len(value) > MOST_CHARACTERS:
        raise BadValue(f"This has {len(value):,} characters; at most {MOST_CHARACTERS:,} are allowed.")
    if control := _CONTROL.search(value):
        raise BadValue(f"Character {control.start() + 1} is a line break or control character. Remove it.")
    if parameter.type == "choice" and value not in {choice.value for choice in parameter.choices}:
        raise BadValue(f"“{value}” is not one of {', '.join(choice.value for choice in parameter.choices)}.")
    if parameter.type == "url_part" and (not _URL_PART.fullmatch(value) or value in (".", "..")):
        raise BadValue("Use letters, digits, . _ ~ and -: this becomes a part of the URL.")
    if parameter.type == "url" and check_url is not None:
        return _url(parameter, value, check_url)
    return value or None


def checked_values(
    kind: Kind, given: Any, check_url: CheckURL, *, complete: bool
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The values as they are stored, and for each that is refused its name ("" for all of them) and why. `complete`:
    required ones must be there. What is not given takes its default."""
    if given is None:
        given = {}
    if not isinstance(given, dict):
        return {}, [("", "Write {name: value, …}.")]
    known = ", ".join(parameter.name for parameter in kind.parameters)
    problems = [
        (str(name), f"“{name}” is none of its parameters: {known}." if known else "This kind has no parameters.")
        for name in given
        if kind.parameter(str(name)) is None
    ]
    values: dict[str, Any] = {}
    for parameter in kind.parameters:
        try:
            value = checked_value(parameter, given.get(parameter.name, parameter.default), check_url)
        except BadValue as error:
            problems.append((parameter.name, str(error)))
            continue
        if value is not None:
            values[parameter.name] = value
        elif parameter.required and complete:
            problems.append((parameter.name, f"{parameter.label} is required."))
    return values, problems


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise BadValue("Write true or false.")


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        value = str(value)
    if isinstance(value, str):
        try:
            value = int(value) if value.strip().lstrip("-").isdigit() else float(value)
        except ValueError:
            raise BadValue(f"“{value[:40]}” is not a number.") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadValue("Write a number.")
    return value


def _url(parameter: Parameter, value: str, check_url: CheckURL) -> str:
    try:
        endpoint = check_url(value)
    except BadURL as error:
        raise BadValue(str(error)) from None
    if parameter.hosts and not any(_leads_to(endpoint.host, host) for host in parameter.hosts):
        raise BadValue(f"This leads to {endpoint.host}. It must lead to {' or '.join(parameter.hosts)}.")
    return endpoint.url


def _leads_to(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern
