"""A filter's conditions as rows of fields: conditions, groups of them, and what rows cannot hold, kept as it is."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from destinations.conditions import OPERATORS
from destinations.filter_rows import Row, row_of, rule_of
from destinations.filter_rules import MOST_CONDITIONS, BadFilter, check_filter
from destinations.filters import compile_filter
from events.jsontext import dumps
from events.webforms import HubForm

MATCHES = (("all", "All must hold"), ("any", "At least one must hold"), ("none", "None may hold"))
ROW_NAME = re.compile(r"rule-(\d{1,4})(?:-(\d{1,4}))?-(?:path|match|kept)", re.ASCII)
# A form that sends more rows than this was not made by our page.
MOST_ROWS_READ = 2 * MOST_CONDITIONS


class OperatorSelect(forms.Select):
    """Tells the stylesheet what each operator takes, so that the row shows the fields for it."""

    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *rest, **more)
        option["attrs"]["data-takes"] = OPERATORS[value].takes
        return option


class ConditionForm(HubForm):
    """One condition. `key`: its place in the form, "2" or "2-1" in the third row's group."""

    path = forms.CharField(label="property", required=False)
    operator = forms.CharField(label="operator", required=False)
    value = forms.CharField(label="value", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 1}))
    upper = forms.CharField(label="highest value", required=False)

    def __init__(self, key: str, data: Mapping[str, Any] | None = None, row: Row | None = None) -> None:
        super().__init__(data, prefix=f"rule-{key}", initial=(row or Row())._asdict())
        self.key, self.words = key, f"Condition {_numbered(key)}"
        self.fields["operator"].widget = OperatorSelect(choices=[(name, name) for name in OPERATORS])
        for field in self.fields.values():
            told = f"{self.words} {field.label}"
            field.widget.attrs |= {"aria-label": told, "autocomplete": "off", "spellcheck": "false"}
        self.fields["path"].widget.attrs |= {"list": "properties", "placeholder": "Property"}
        self.fields["value"].widget.attrs["placeholder"] = "Value"
        self.fields["upper"].widget.attrs["placeholder"] = "Highest"

    @property
    def row(self) -> Row:
        return Row(**{name: self[name].value() or "" for name in self.fields})

    @property
    def is_filled(self) -> bool:
        return not self.row.is_blank

    def rule(self) -> dict[str, Any]:
        return rule_of(self.row)

    def show(self, message: str, key: str = "property", *_: Any) -> None:
        """At the field for a key of the condition; a missing highest value is missing at its own."""
        row = self.row
        lacks_upper = row.operator == "between" and row.value.strip() and not row.upper.strip()
        name = "upper" if key == "value" and lacks_upper else key
        self.add_error(name if name in self.fields else "path", message)


class KeptRule:
    """A rule that the page shows in words and sends back as it came."""

    def __init__(self, key: str, rule: Any) -> None:
        self.key, self._rule = key, rule
        self.words, self.told = f"Condition {_numbered(key)}", list[str]()
        self.is_filled = True

    @property
    def name(self) -> str:
        return f"rule-{self.key}-kept"

    @property
    def json(self) -> str:
        return dumps(self._rule)

    @property
    def asks(self) -> str:
        """The rule in words; as JSON where it is none."""
        try:
            group = compile_filter(check_filter({"conditions": [self._rule]})).group
        except BadFilter:
            return self.json
        return group.rules[0].words if group else self.json

    def rule(self) -> Any:
        return self._rule

    def show(self, message: str, *_: Any) -> None:
        self.told.append(message)


class GroupForm(HubForm):
    """A group of conditions. It is left out while all of its rows are blank."""

    match = forms.CharField(label="match", widget=forms.Select(choices=MATCHES))

    def __init__(self, key: str, rows: list[ConditionForm | KeptRule], match: str = "all") -> None:
        super().__init__(initial={"match": match}, prefix=f"rule-{key}")
        self.key, self.members, self.words = key, rows, f"Group {_numbered(key)}"
        self.fields["match"].widget.attrs |= {"class": "sh-input", "aria-label": f"{self.words}: what must hold"}
        self.told: list[str] = []

    @property
    def filled(self) -> list[ConditionForm | KeptRule]:
        return [row for row in self.members if row.is_filled]

    @property
    def is_filled(self) -> bool:
        return bool(self.filled)

    def rule(self) -> dict[str, Any]:
        return {"match": self["match"].value(), "conditions": [row.rule() for row in self.filled]}

    def show(self, message: str, key: str | int = "", number: Any = None, *rest: Any) -> None:
        if key == "conditions" and isinstance(number, int) and number < len(self.filled):
            self.filled[number].show(message, *rest)
        else:
            self.told.append(message)


class Conditions:
    """All rows of a form, as stored or as they were typed."""

    def __init__(self, rules: dict[str, Any], data: QueryDict | None = None) -> None:
        self.items = _stored(rules.get("conditions", [])) if data is None else _typed(data)
        if not self.items:
            self.items.append(ConditionForm("0"))
        self.match = data.get("match", "all") if data is not None else rules.get("match", "all")
        self.told: list[str] = []
        self.adds_next = False  # whether adding is what one goes on with

    @property
    def filled(self) -> list[ConditionForm | KeptRule | GroupForm]:
        return [item for item in self.items if item.is_filled]

    def specification(self) -> dict[str, Any]:
        """The keys of the filter that the rows make; none without a condition."""
        rules = [item.rule() for item in self.filled]
        return {"match": self.match, "conditions": rules} if rules else {}

    def show(self, message: str, number: Any = None, *rest: Any) -> None:
        """`number` and what follows: the way from the filter's conditions to what is wrong."""
        if isinstance(number, int) and number < len(self.filled):
            self.filled[number].show(message, *rest)
        else:
            self.told.append(message)

    def problems(self) -> Iterator[tuple[str, str, str]]:
        """The id of what is wrong, its name and the message, from top to bottom."""
        yield from (("rules", "Conditions", message) for message in self.told)
        for item in self.items:
            yield from _problems(item)

    def change(self, act: str) -> None:
        """`condition`, `group`, `condition-2` (in that group) or `remove-2-1`; anything else changes nothing."""
        verb, _, key = act.partition("-")
        if verb == "remove":
            self._remove(key)
        elif verb == "group":
            number = _next(self.items)
            self.items.append(GroupForm(number, [_new(f"{number}-0")], "any"))
        elif act == "condition":
            self.items.append(_new(_next(self.items)))
        elif verb == "condition":
            for group in self.items:
                if isinstance(group, GroupForm) and group.key == key:
                    group.members.append(_new(f"{key}-{_next(group.members)}"))

    def _remove(self, key: str) -> None:
        self.items = [item for item in self.items if item.key != key]
        for group in self.items:
            if isinstance(group, GroupForm):
                group.members = [row for row in group.members if row.key != key]
        self.items = [item for item in self.items if not isinstance(item, GroupForm) or item.members]
        if not self.items:
            self.items.append(ConditionForm("0"))
        self.adds_next = True


def _new(key: str) -> ConditionForm:
    """A blank row, to go on with."""
    form = ConditionForm(key)
    form.fields["path"].widget.attrs["autofocus"] = True
    return form


def _problems(item: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(item, ConditionForm):
        for field in item:
            for message in field.errors:
                yield field.auto_id, f"{item.words} {field.label}", str(message)
        return
    for message in item.told:
        yield f"rule-{item.key}", item.words, message
    for row in getattr(item, "members", ()):
        yield from _problems(row)


def _stored(rules: list[dict[str, Any]]) -> list[Any]:
    return [_item(str(number), rule) for number, rule in enumerate(rules)]


def _item(key: str, rule: dict[str, Any], level: int = 1) -> Any:
    if "conditions" in rule and level == 1:
        rows = [_item(f"{key}-{number}", inner, 2) for number, inner in enumerate(rule["conditions"])]
        return GroupForm(key, rows, rule["match"])
    row = row_of(rule)
    return KeptRule(key, rule) if row is None else ConditionForm(key, row=row)


def _typed(data: QueryDict) -> list[Any]:
    found = sorted({(int(m[1]), int(m[2] or -1)) for name in data if (m := ROW_NAME.fullmatch(name))})
    items: list[Any] = []
    for number, inner in found[:MOST_ROWS_READ]:
        if inner >= 0 and f"rule-{number}-match" in data:
            items[-1].members.append(_row(f"{number}-{inner}", data))
        elif f"rule-{number}-match" in data:
            items.append(GroupForm(str(number), [], str(data[f"rule-{number}-match"])))
        elif inner < 0:
            items.append(_row(str(number), data))
    return [item for item in items if not isinstance(item, GroupForm) or item.members]


def _row(key: str, data: QueryDict) -> ConditionForm | KeptRule:
    kept = data.get(f"rule-{key}-kept")
    if kept is None:
        return ConditionForm(key, data)
    try:
        return KeptRule(key, json.loads(kept))
    except (ValueError, RecursionError):
        return KeptRule(key, kept)


def _next(items: list[Any]) -> str:
    return str(max((int(item.key.rpartition("-")[2]) for item in items), default=-1) + 1)


def _numbered(key: str) -> str:
    return ".".join(str(int(number) + 1) for number in key.split("-"))
