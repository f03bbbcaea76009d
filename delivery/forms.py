"""The filters of the delivery log."""

from collections.abc import Mapping
from typing import Any

from django import forms

from delivery import log
from delivery.models import State
from events.choice_fields import choice_field
from events.models import Project
from events.webforms import HubForm

STATES = [
    ("", "Any"),
    ("waiting", "Waiting"),
    ("undelivered", "Not delivered"),
    *((state.value, state.label) for state in State),
]
ANSWERS = [("", "Any"), *((answer, answer) for answer in log.ANSWERS if answer != log.NO_ANSWER), ("none", "No answer")]
RANGES = [("1", "Last hour"), ("24", "Last 24 hours"), ("168", "Last 7 days"), ("", "Any time")]


class LogForm(HubForm):
    """Every field is optional; a value that is not on offer counts as none, so that old links open."""

    q = forms.CharField(
        label="Event, delivery, batch or user",
        required=False,
        max_length=512,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Its id, exactly"}),
    )
    state = forms.ChoiceField(label="Status", choices=STATES, required=False)
    destination = forms.TypedChoiceField(label="Destination", coerce=int, empty_value=None, required=False)
    type = forms.CharField(
        label="Event type", required=False, max_length=1024, widget=forms.TextInput(attrs={"type": "search"})
    )
    answer = forms.ChoiceField(label="Response", choices=ANSWERS, required=False)
    error = forms.CharField(
        label="Error contains", required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    range = forms.ChoiceField(label="Time", choices=RANGES, required=False)

    def __init__(self, project: Project, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")
        known = project.destinations.values_list("pk", "name")
        choice_field(self, "destination").choices = [("", "Any"), *known]

    def values(self) -> dict[str, Any]:
        self.is_valid()
        cleaned = self.cleaned_data
        return cleaned | {name: cleaned.get(name, "").strip() for name in ("q", "type", "error")}

    @property
    def folded_count(self) -> int:
        """How many of the filters that a phone folds away are set."""
        return sum(bool(self.values().get(name)) for name in ("destination", "type", "answer", "error", "range"))
