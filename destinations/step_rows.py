"""A step of event_steps.py and the fields that a row of the form has for it. (pure)"""

import json
from typing import Any, NamedTuple

from destinations.event_steps import check_steps
from destinations.filter_values import number_in
from destinations.value_steps import BadSteps, Step
from events.jsontext import dumps

# What the page calls each step.
NAMES = {
    "rename": "Rename to",
    "drop": "Leave out",
    "constant": "Set to",
    "default": "If empty, set to",
    "cast": "Convert to",
    "lower": "Lower-case",
    "upper": "Upper-case",
    "trim": "Trim",
    "sha256": "Hash (SHA-256)",
    "date": "Write as date",
    "lookup": "Look up",
}
# Which settings stand in the row's one text.
TEXTS = {"rename": "to", "constant": "value", "default": "value", "date": "format", "lookup": "table"}
ARROW = " = "


class Row(NamedTuple):
    """`path`: the property. `text`: the new name, the value, the date's format, or the table, a line `value =
    new value` for each. `to`: the type of a cast. `default`: of a lookup."""

    step: str = "rename"
    path: str = ""
    text: str = ""
    to: str = "text"
    default: str = ""
    trim: bool = False
    lower: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.path or self.text or self.default).strip()


def step_of(row: Row) -> dict[str, Any]:
    """The step that a row means, unchecked."""
    step: dict[str, Any] = {"step": row.step, "property": row.path.strip()}
    text = row.text.replace("\r\n", "\n")
    if row.step == "cast":
        step["to"] = row.to
    elif row.step == "sha256":
        step |= {name: True for name in ("trim", "lower") if getattr(row, name)}
    elif row.step == "lookup":
        step["table"] = _table(text)
        step |= {"default": read_value(row.default)} if row.default.strip() else {}
    elif row.step in ("constant", "default"):
        step["value"] = read_value(text)
    elif row.step in TEXTS:
        step[TEXTS[row.step]] = text.strip()
    return step


def row_of(step: Step) -> Row | None:
    """The row for a stored step; None for one that a row cannot hold unchanged."""
    name = step["step"]
    row = Row(name, step["property"], trim=step.get("trim", False), lower=step.get("lower", False))
    if name == "cast":
        row = row._replace(to=step["to"])
    elif name == "lookup":
        lines = "\n".join(f"{key}{ARROW}{write_value(value)}" for key, value in step["table"].items())
        row = row._replace(text=lines, default=write_value(step["default"]) if "default" in step else "")
    elif name in TEXTS:
        value = step[TEXTS[name]]
        row = row._replace(text=write_value(value) if TEXTS[name] == "value" else value)
    return row if _checked(step_of(row)) == {key: value for key, value in step.items() if value is not False} else None


def read_value(text: str) -> Any:
    """A number, true, false, null, a list or an object where the text is one as JSON; in quotes, the text in them."""
    text = text.strip()
    if text[:1] in ("[", "{", '"') or text in ("true", "false", "null"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    number = number_in(text)
    return number if number is not None and write_value(number) == text else text


def write_value(value: Any) -> str:
    """As `read_value` reads it."""
    if not isinstance(value, str):
        return dumps(value)
    return dumps(value) if read_value(value) != value or "\n" in value else value


def _table(text: str) -> dict[str, Any]:
    """A line without the arrow is a value that becomes the empty text."""
    found: dict[str, Any] = {}
    for line in filter(str.strip, text.split("\n")):
        key, _, value = line.partition("=")
        found[key.strip()] = read_value(value)
    return found


def _checked(step: dict[str, Any]) -> Step | None:
    of_field = [step["property"]] if step["property"].startswith("mappedFields.") else []
    try:
        return check_steps([step], of_field)[0]
    except BadSteps:
        return None
