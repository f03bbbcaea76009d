"""A filter's rule and the four texts that a row of the form has for it. (pure)"""

from typing import Any, NamedTuple

from destinations.conditions import OPERATORS
from destinations.filter_rules import BadFilter, check_filter
from destinations.filter_values import written


class Row(NamedTuple):
    """`path`: the property. `value`: the text; of a list, one per line; of "between", the lowest. `upper`: the highest
    of "between"."""

    path: str = ""
    operator: str = "is"
    value: str = ""
    upper: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.path or self.value or self.upper).strip()


def rule_of(row: Row) -> dict[str, Any]:
    """The rule that a row means, unchecked. Blanks around values go, but for parts of texts, where they may count."""
    rule: dict[str, Any] = {"property": row.path.strip(), "operator": row.operator}
    takes = OPERATORS[row.operator].takes if row.operator in OPERATORS else "any"
    value = row.value.replace("\r\n", "\n")
    if takes == "nothing":
        return rule
    if takes == "list":
        return rule | {"value": [line.strip() for line in value.split("\n") if line.strip()]}
    if takes == "pair":
        pair = [value.strip(), row.upper.strip()]
        return rule | {"value": [one or None for one in pair]}
    if takes in ("text", "pattern"):
        return rule | {"value": value}
    return rule | {"value": value.strip() or None}


def row_of(rule: dict[str, Any]) -> Row | None:
    """The row for a stored rule; None for one that a row cannot hold unchanged, a group or a value with odd blanks."""
    if "conditions" in rule:
        return None
    path, operator = rule["property"], rule["operator"]
    value: Any = rule.get("value")
    takes = OPERATORS[operator].takes
    if takes == "nothing":
        row = Row(path, operator)
    elif takes == "list":
        row = Row(path, operator, "\n".join(map(written, value)))
    elif takes == "pair":
        row = Row(path, operator, *map(written, value))
    else:
        row = Row(path, operator, written(value))
    return row if _checked(rule_of(row)) == rule else None


def _checked(rule: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return check_filter({"conditions": [rule]})["conditions"][0]
    except BadFilter:
        return None
