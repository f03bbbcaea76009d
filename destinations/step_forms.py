"""Steps that change events, as rows of fields in a form; what a row cannot hold is shown in words and kept as it is.

A page has one list of them: `Steps(stored, data)` for its form, `templates/destinations/steps.html` to draw it, a door
that calls `change(do)` and draws the list again, and `show` for the problems of `event_steps.check_steps`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from destinations.step_rows import NAMES, TEXTS, Row, row_of, step_of
from destinations.value_steps import DATES, MOST_STEPS, TYPES, Step
from events.jsontext import dumps
from events.webforms import HubForm

ROW_NAME = re.compile(r"step-(\d{1,4})-(?:step|kept)", re.ASCII)


class StepForm(HubForm):
    """One step. `key`: its number in the form."""

    step = forms.CharField(label="step", required=False, widget=forms.Select(choices=list(NAMES.items())))
    path = forms.CharField(label="property", required=False)
    text = forms.CharField(label="value", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 1}))
    to = forms.CharField(label="type", required=False, widget=forms.Select(choices=[(one, one) for one in TYPES]))
    default = forms.CharField(label="otherwise", required=False)
    trim = forms.BooleanField(label="trim first", required=False)
    lower = forms.BooleanField(label="lower-case first", required=False)

    def __init__(self, key: str, data: Mapping[str, Any] | None = None, row: Row | None = None) -> None:
        super().__init__(data, prefix=f"step-{key}", initial=(row or Row(trim=True, lower=True))._asdict())
        self.key, self.words = key, f"Step {int(key) + 1}"
        for field in self.fields.values():
            told = {"aria-label": f"{self.words} {field.label}", "autocomplete": "off", "spellcheck": "false"}
            field.widget.attrs |= told
        self.fields["path"].widget.attrs |= {"list": "step-paths", "placeholder": "Property"}
        self.fields["default"].widget.attrs |= {"placeholder": "As it was"}
        self.fields["text"].widget.attrs |= {"placeholder": "Value"}

    @property
    def row(self) -> Row:
        texts = {name: self[name].value() or "" for name in ("step", "path", "text", "to", "default")}
        return Row(**texts, trim=bool(self["trim"].value()), lower=bool(self["lower"].value()))

    @property
    def is_filled(self) -> bool:
        return not self.row.is_blank

    def specification(self) -> dict[str, Any]:
        return step_of(self.row)

    def show(self, message: str, key: str = "", *_: Any) -> None:
        name = "text" if key == TEXTS.get(self.row.step) else key
        self.add_error(name if name in self.fields else "path", message)


class KeptStep:
    """A step that the page shows as JSON and sends back as it came."""

    def __init__(self, key: str, step: Any) -> None:
        self.key, self._step = key, step
        self.words, self.told = f"Step {int(key) + 1}", list[str]()
        self.is_filled, self.name, self.json = True, f"step-{key}-kept", dumps(step)

    def specification(self) -> Any:
        return self._step

    def show(self, message: str, *_: Any) -> None:
        self.told.append(message)


class Steps:
    """All rows of a form, as stored or as they were typed."""

    def __init__(self, stored: list[Step], data: QueryDict | None = None) -> None:
        self.items = _stored(stored) if data is None else _typed(data)
        self.told: list[str] = []
        self.dates = DATES

    def specification(self) -> list[Any]:
        return [item.specification() for item in self._filled]

    @property
    def _filled(self) -> list[StepForm | KeptStep]:
        return [item for item in self.items if item.is_filled]

    def show(self, message: str, number: Any = None, *rest: Any) -> None:
        """`number` and what follows: the way from the list of steps to what is wrong."""
        if isinstance(number, int) and number < len(self._filled):
            self._filled[number].show(message, *rest)
        else:
            self.told.append(message)

    def problems(self) -> Iterator[tuple[str, str, str]]:
        """The id of what is wrong, its name and the message, from top to bottom."""
        yield from (("steps", "Changes", message) for message in self.told)
        for item in self.items:
            if isinstance(item, KeptStep):
                yield from ((f"step-{item.key}", item.words, message) for message in item.told)
                continue
            for field in item:
                yield from ((field.auto_id, f"{item.words} {field.label}", str(message)) for message in field.errors)

    def change(self, act: str) -> None:
        """`add-step`, `remove-step-2`, `lift-step-2` (one place up); anything else changes nothing."""
        verb, _, key = act.partition("-step")
        keys = [item.key for item in self.items]
        at = keys.index(key.removeprefix("-")) if key.removeprefix("-") in keys else -1
        if act == "add-step":
            self.items.append(_new(str(max(map(int, keys), default=-1) + 1)))
        elif verb == "remove" and at >= 0:
            del self.items[at]
        elif verb == "lift" and at > 0:
            self.items[at - 1 : at + 1] = [self.items[at], self.items[at - 1]]


def _new(key: str) -> StepForm:
    """A blank row, to go on with."""
    form = StepForm(key)
    form.fields["path"].widget.attrs["autofocus"] = True
    return form


def _stored(steps: list[Step]) -> list[StepForm | KeptStep]:
    found = ((str(number), step, row_of(step)) for number, step in enumerate(steps))
    return [KeptStep(key, step) if row is None else StepForm(key, row=row) for key, step, row in found]


def _typed(data: QueryDict) -> list[StepForm | KeptStep]:
    """In the order in which they stand in the form."""
    keys = dict.fromkeys(str(int(m[1])) for name in data if (m := ROW_NAME.fullmatch(name)))
    return [_typed_one(key, data) for key in list(keys)[: 2 * MOST_STEPS]]


def _typed_one(key: str, data: QueryDict) -> StepForm | KeptStep:
    kept = data.get(f"step-{key}-kept")
    if kept is None:
        return StepForm(key, data)
    try:
        return KeptStep(key, json.loads(kept))
    except (ValueError, RecursionError):
        return KeptStep(key, kept)
