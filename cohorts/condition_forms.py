"""A definition's conditions as rows of fields: properties, behaviours, other cohorts, and groups of all of these.

Every row says what it `is` in a hidden field, and its key where it stands: "2-1" is the second row within the third.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from cohorts.definition import MOST_CONDITIONS, MOST_LEVELS, TIMES, Definition
from destinations.filter_forms import ConditionForm, KeptRule
from destinations.filter_rows import row_of
from events.webforms import HubForm

MATCHES = (("all", "All must hold"), ("any", "At least one must hold"), ("none", "None may hold"))
EVENT_MATCHES = MATCHES[:2]
VERBS = (("did", "Did"), ("did_not", "Did not do"))
MEMBERSHIPS = (("in_cohort", "Is in the cohort"), ("not_in_cohort", "Is not in the cohort"))
ANY_TIME, WITHIN, BETWEEN = "ever", "within", "between"
WINDOWS = ((ANY_TIME, "at any time"), (WITHIN, "within the last"), (BETWEEN, "between"))
ROW_NAME = re.compile(r"rule-(\d{1,4}(?:-\d{1,4}){0,5})-is", re.ASCII)
# A form that sends more rows than this was not made by our page.
MOST_ROWS_READ = 4 * MOST_CONDITIONS

ADDITIONS = (("property", "Property"), ("did", "Behaviour"), ("cohort", "Cohort"), ("group", "Group"))

Choices = Sequence[tuple[str, str]]


class PropertyRow(ConditionForm):
    """A condition on a property: of the user, or of the event where it stands within a behaviour."""

    kind = "property"

    def __init__(self, key: str, data: Any = None, row: Any = None, *, of_event: bool = False) -> None:
        super().__init__(key, data, row)
        self.fields["path"].widget.attrs |= (
            {"list": "event-properties", "placeholder": "event_properties.total"}
            if of_event
            else {"placeholder": "user_properties.plan"}
        )


class KeptRow(KeptRule):
    """A condition whose value the fields cannot hold; it is sent back as it came."""

    kind = "kept"


class _Holder(HubForm):
    """A row with rows of its own. `told`: what is wrong with it and belongs to none of its fields."""

    kind = ""

    def __init__(self, key: str, data: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, prefix=f"rule-{key}", initial=initial)
        self.key, self.words = key, f"{self.name} {_numbered(key)}"
        self.members: list[Any] = []
        self.told: list[str] = []
        for field in self.fields.values():
            field.widget.attrs |= {"aria-label": f"{self.words} {field.label}", "autocomplete": "off"}

    name = "Condition"

    @property
    def filled(self) -> list[Any]:
        return [row for row in self.members if row.is_filled]

    @property
    def is_filled(self) -> bool:
        return bool(self.filled)

    def typed(self, name: str) -> str:
        return str(self[name].value() or "").strip()

    def show(self, message: str, key: Any = "", number: Any = None, *rest: Any) -> None:
        """`key` and what follows: the way from the rule to what is wrong."""
        if key == "conditions" and isinstance(number, int) and number < len(self.filled):
            self.filled[number].show(message, *rest)
        elif self.is_bound and self.field_of(key) in self.fields:
            self.add_error(self.field_of(key), message)
        else:
            self.told.append(message)

    def field_of(self, key: Any) -> str:
        """The field for a key of the rule."""
        return str(key)


class BehaviourRow(_Holder):
    """Did, or did not do, an event: how often, when, with which properties."""

    kind, name = "did", "Behaviour"

    verb = forms.CharField(label="verb", required=False, widget=forms.Select(choices=VERBS))
    event = forms.CharField(
        label="event type",
        required=False,
        widget=forms.TextInput(attrs={"list": "event-types", "placeholder": "Event type, or * for any"}),
    )
    times = forms.CharField(label="how often", required=False, widget=forms.Select(choices=[(t, t) for t in TIMES]))
    count = forms.CharField(label="times", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    window = forms.CharField(label="when", required=False, widget=forms.Select(choices=WINDOWS))
    days = forms.CharField(label="days", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    first = forms.CharField(label="first day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.CharField(label="last day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    match = forms.CharField(label="what must hold", required=False, widget=forms.Select(choices=EVENT_MATCHES))

    def __init__(self, key: str, data: Any = None, rule: dict[str, Any] | None = None) -> None:
        super().__init__(key, data, _behaviour_fields(rule or {}))

    @property
    def is_filled(self) -> bool:
        return bool(self.typed("event") or self.filled)

    def rule(self) -> dict[str, Any]:
        verb = "did_not" if self.typed("verb") == "did_not" else "did"
        rule: dict[str, Any] = {verb: self.typed("event")}
        if verb == "did":
            rule |= {"times": self.typed("times") or TIMES[0], "count": _whole(self.typed("count") or "1")}
        if self.typed("window") == WITHIN:
            rule["within_days"] = _whole(self.typed("days"))
        elif self.typed("window") == BETWEEN:
            days = (("from", self.typed("first")), ("to", self.typed("last")))
            rule |= {key: day for key, day in days if day}
        if self.filled:
            rule |= {"match": self.typed("match") or "all", "conditions": [row.rule() for row in self.filled]}
        return rule

    def field_of(self, key: Any) -> str:
        known = {"did": "event", "did_not": "event", "within_days": "days", "from": "first", "to": "last"}
        return known.get(key, str(key))


class CohortRow(_Holder):
    """In, or not in, another cohort."""

    kind = "cohort"

    verb = forms.CharField(label="membership", required=False, widget=forms.Select(choices=MEMBERSHIPS))
    cohort = forms.CharField(label="cohort", required=False, widget=forms.Select())

    def __init__(self, key: str, choices: Choices, data: Any = None, rule: dict[str, Any] | None = None) -> None:
        verb, cohort = next(iter((rule or {"in_cohort": ""}).items()))
        super().__init__(key, data, {"verb": verb, "cohort": cohort})
        self.fields["cohort"].widget.choices = [("", "Choose a cohort"), *choices]

    @property
    def is_filled(self) -> bool:
        return bool(self.typed("cohort"))

    def rule(self) -> dict[str, Any]:
        return {"not_in_cohort" if self.typed("verb") == "not_in_cohort" else "in_cohort": self.typed("cohort")}

    def field_of(self, key: Any) -> str:
        return "cohort"


class GroupRow(_Holder):
    """Rows of which all, any or none must hold. It is left out while all of them are blank."""

    kind, name = "group", "Group"

    match = forms.CharField(label="what must hold", required=False, widget=forms.Select(choices=MATCHES))

    def __init__(self, key: str, data: Any = None, match: str = "any") -> None:
        super().__init__(key, data, {"match": match})

    @property
    def may_hold_groups(self) -> bool:
        return len(self.key.split("-")) + 2 <= MOST_LEVELS

    def rule(self) -> dict[str, Any]:
        return {"match": self.typed("match"), "conditions": [row.rule() for row in self.filled]}


class Rules:
    """All rows of a definition, as stored or as they were typed. `choices`: the other cohorts."""

    def __init__(self, definition: Definition, choices: Choices, data: QueryDict | None = None) -> None:
        self.choices = choices
        self.items: list[Any] = (
            [self._stored(str(n), rule) for n, rule in enumerate(definition.get("conditions", ()))]
            if data is None
            else self._typed(data)
        )
        if not self.items:
            self.items.append(PropertyRow("0"))
        self.match = data.get("match", "all") if data is not None else definition.get("match", "all")
        self.matches, self.additions, self.told = MATCHES, ADDITIONS, list[str]()
        self.adds_next = False

    @property
    def filled(self) -> list[Any]:
        return [item for item in self.items if item.is_filled]

    @property
    def kinds(self) -> Iterator[tuple[str, str]]:
        """What every row is, for the hidden fields."""
        for item in _all(self.items):
            yield item.key, item.kind

    def definition(self) -> dict[str, Any]:
        return {"match": self.match, "conditions": [item.rule() for item in self.filled]}

    def show(self, message: str, key: Any = "", number: Any = None, *rest: Any) -> None:
        if key == "conditions" and isinstance(number, int) and number < len(self.filled):
            self.filled[number].show(message, *rest)
        else:
            self.told.append(message)

    def problems(self) -> Iterator[tuple[str, str, str]]:
        """The id of what is wrong, its name and the message, from top to bottom."""
        yield from (("rules", "Definition", message) for message in self.told)
        for item in _all(self.items):
            yield from ((f"rule-{item.key}", item.words, message) for message in getattr(item, "told", ()))
            for field in item if isinstance(item, forms.Form) else ():
                yield from ((field.auto_id, f"{item.words} {field.label}", str(words)) for words in field.errors)

    def change(self, act: str) -> None:
        """`add-did` at the end, `add-did-2` within the third row, `remove-2-1`; anything else changes nothing."""
        verb, _, rest = act.partition("-")
        kind, _, key = rest.partition("-")
        if verb == "remove":
            self._remove(rest)
        elif verb == "add" and not key:
            self._add(self.items, "", kind)
        elif verb == "add":
            for holder in list(_all(self.items)):
                if holder.key == key and isinstance(holder, _Holder):
                    self._add(holder.members, f"{key}-", kind)

    def _add(self, rows: list[Any], stem: str, kind: str) -> None:
        key = f"{stem}{max((int(row.key.rpartition('-')[2]) for row in rows), default=-1) + 1}"
        row: Any
        if kind == "event":
            row = PropertyRow(key, of_event=True)
        elif kind == "did":
            row = BehaviourRow(key)
        elif kind == "cohort":
            row = CohortRow(key, self.choices)
        elif kind == "group":
            row = GroupRow(key)
            row.members.append(PropertyRow(f"{key}-0"))
        else:
            row = PropertyRow(key)
        first = row.members[0] if kind == "group" else row
        next(field for field in first.fields.values() if not field.widget.is_hidden).widget.attrs["autofocus"] = True
        rows.append(row)

    def _remove(self, key: str) -> None:
        def without(rows: list[Any]) -> list[Any]:
            for row in rows:
                if hasattr(row, "members"):
                    row.members = without(row.members)
            return [row for row in rows if row.key != key and not (isinstance(row, GroupRow) and not row.members)]

        self.items = without(self.items) or [PropertyRow("0")]
        self.adds_next = True

    def _stored(self, key: str, rule: dict[str, Any], *, of_event: bool = False) -> Any:
        if "property" in rule:
            row = row_of(rule)
            return KeptRow(key, rule) if row is None else PropertyRow(key, row=row, of_event=of_event)
        if "in_cohort" in rule or "not_in_cohort" in rule:
            return CohortRow(key, self.choices, rule=rule)
        behaves = "did" in rule or "did_not" in rule
        holder: Any = BehaviourRow(key, rule=rule) if behaves else GroupRow(key, match=rule["match"])
        inner = enumerate(rule.get("conditions", ()))
        holder.members = [self._stored(f"{key}-{number}", one, of_event=behaves) for number, one in inner]
        return holder

    def _typed(self, data: QueryDict) -> list[Any]:
        found = sorted(tuple(map(int, m[1].split("-"))) for name in data if (m := ROW_NAME.fullmatch(name)))
        known: dict[tuple[int, ...], Any] = {}
        items: list[Any] = []
        for place in found[:MOST_ROWS_READ]:
            holder = known.get(place[:-1])
            if len(place) > 1 and not hasattr(holder, "members"):
                continue
            row = self._row("-".join(map(str, place)), data, of_event=isinstance(holder, BehaviourRow))
            known[place] = row
            (holder.members if holder else items).append(row)
        return [item for item in items if not isinstance(item, GroupRow) or item.members]

    def _row(self, key: str, data: QueryDict, *, of_event: bool) -> Any:
        match data[f"rule-{key}-is"]:
            case "did" if not of_event:
                return BehaviourRow(key, data)
            case "cohort" if not of_event:
                return CohortRow(key, self.choices, data)
            case "group" if not of_event:
                return GroupRow(key, data)
            case "kept":
                return _kept(key, data.get(f"rule-{key}-kept", ""))
        return PropertyRow(key, data, of_event=of_event)


def _kept(key: str, text: str) -> KeptRow:
    try:
        return KeptRow(key, json.loads(text))
    except (ValueError, RecursionError):
        return KeptRow(key, text)


def _all(rows: list[Any]) -> Iterator[Any]:
    for row in rows:
        yield row
        yield from _all(getattr(row, "members", []))


def _behaviour_fields(rule: dict[str, Any]) -> dict[str, Any]:
    verb = "did_not" if "did_not" in rule else "did"
    window = WITHIN if "within_days" in rule else BETWEEN if "from" in rule or "to" in rule else ANY_TIME
    return {
        "verb": verb,
        "event": rule.get(verb, ""),
        "times": rule.get("times", TIMES[0]),
        "count": rule.get("count", 1),
        "window": window,
        "days": rule.get("within_days", 30),
        "first": rule.get("from", ""),
        "last": rule.get("to", ""),
        "match": rule.get("match", "all"),
    }


def _whole(text: str) -> Any:
    """The number, or the text as it is: the definition's rules say what is wrong with it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _numbered(key: str) -> str:
    return ".".join(str(int(number) + 1) for number in key.split("-"))
