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

KEYS = ("name", "label", "type", "required", "secret", "default", "help", "choices", "hosts", "columns", "needed_with")
MOST_CHARACTERS = 8_192
MOST_CHOICES = 100
MOST_ROWS, MOST_COLUMNS = 100, 4

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
        columns=shape.each("columns", lambda item, at: _choice(item, at, problems), most=MOST_COLUMNS),
        needed_with=_needed_with(shape),
    )
    _check(parameter, shape)
    return parameter


def _needed_with(shape: Shape) -> dict[str, tuple[str, ...]]:
    given = shape.given.get("needed_with", {})
    if isinstance(given, dict):
        wanted = {name: [one] if isinstance(one, str) else one for name, one in given.items()}
        if all(isinstance(one, list) and all(isinstance(value, str) for value in one) for one in wanted.values()):
            return {name: tuple(one) for name, one in wanted.items()}
    shape.problem("Write {name of another parameter: its value, or a list}: {auth: [basic]}.", "needed_with")
    return {}


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
    if bool(parameter.columns) != (parameter.type == "rows"):
        shape.problem("Rows have columns, and nothing else has: [{value: from, label: From}, …].", "columns")
    for number, column in enumerate(parameter.columns):
        if column.value and not _NAME.fullmatch(column.value):
            shape.problem(f"“{column.value}” cannot name a column. Use letters, digits and _.", "columns", number)
    for number, value in twice(column.value for column in parameter.columns):
        shape.problem(f"There are two columns {value}.", "columns", number)
    if parameter.secret and parameter.type == "rows":
        shape.problem("Rows cannot be secret.", "secret")
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
    if parameter.type == "rows":
        return _rows(parameter, value)
    value = _line(value)
    if parameter.type == "choice" and value not in {choice.value for choice in parameter.choices}:
        raise BadValue(f"“{value}” is not one of {', '.join(choice.value for choice in parameter.choices)}.")
    if parameter.type == "url_part" and (not _URL_PART.fullmatch(value) or value in (".", "..")):
        raise BadValue("Use letters, digits, . _ ~ and -: this becomes a part of the URL.")
    if parameter.type == "url" and check_url is not None:
        return _url(parameter, value, check_url)
    return value or None


def _line(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue("Write text. Put it in quotes.")
    value = value.strip()
    if len(value) > MOST_CHARACTERS:
        raise BadValue(f"This has {len(value):,} characters; at most {MOST_CHARACTERS:,} are allowed.")
    if control := _CONTROL.search(value):
        raise BadValue(f"Character {control.start() + 1} is a line break or control character. Remove it.")
    return value


def _rows(parameter: Parameter, value: Any) -> list[dict[str, str]] | None:
    """Rows in which nothing is written are left out. Text is read as well: a row a line, ` = ` between its columns."""
    names = [column.value for column in parameter.columns]
    if isinstance(value, str):
        value = [dict(zip(names, line.split(" = ", len(names) - 1), strict=False)) for line in value.splitlines()]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise BadValue(f"Write a list of rows with {', '.join(names)}: [{{{names[0]}: …}}, …].")
    if len(value) > MOST_ROWS:
        raise BadValue(f"There are {len(value)} rows; at most {MOST_ROWS} are allowed.")
    rows = []
    for number, row in enumerate(value, start=1):
        if unknown := next((name for name in row if name not in names), None):
            raise BadValue(f"Row {number}: “{unknown}” is none of its columns: {', '.join(names)}.")
        try:
            line = {name: _line(_as_text(row.get(name))) for name in names}
        except BadValue as error:
            raise BadValue(f"Row {number}: {error}") from None
        if any(line.values()):
            rows.append(line)
    return rows or None


def _as_text(value: Any) -> Any:
    """A file may say 5, or true, where a form would send text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, (int, float)) else value


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
    problems += _needed(kind, values) if complete else []
    return values, problems


def _needed(kind: Kind, values: dict[str, Any]) -> list[tuple[str, str]]:
    """What has to be there because another parameter has a certain value."""
    return [
        (parameter.name, f"{parameter.label} is required.")
        for parameter in kind.parameters
        if parameter.name not in values
        and parameter.needed_with
        and all(values.get(name) in wanted for name, wanted in parameter.needed_with.items())
    ]


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
