"""The fields of a replay: which deliveries or events, with which template, how fast. Times are UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from delivery.backfill import Window
from delivery.forms import ANSWERS, RANGES
from delivery.log import STATE_CHOICES
from delivery.models import LOST_STATES, REPEATABLE_STATES, Replay, State
from delivery.replays import FASTEST, SLOWEST
from delivery.selection import MOST_PICKED, Selection
from events.choice_fields import choice_field
from events.models import Project
from events.webforms import HubForm

STATES = [
    (State.EXPIRED.value, "Gave up"),
    (State.FAILED.value, "Failed"),
    (State.RETRYING.value, "Waiting for a retry"),
    (State.CANCELLED.value, "Cancelled"),
    (State.DELIVERED.value, "Delivered"),
]
TEMPLATES = [("now", "As it is now"), ("then", "As it was")]


class UTCField(forms.DateTimeField):
    """A moment, typed and shown in UTC."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            value = value.strip().removesuffix("Z")
        found = super().to_python(value)
        return found.replace(tzinfo=UTC) if found else None


class ReplayForm(HubForm):
    """`destination` may be left open but for a backfill."""

    kind = forms.ChoiceField(choices=Replay.Kind, widget=forms.HiddenInput)
    destination = forms.TypedChoiceField(label="Destination", coerce=int, empty_value=None, required=False)
    since = UTCField(label="Received since", required=False)
    until = UTCField(label="Received before", required=False)
    per_second = forms.FloatField(
        label="At most",
        required=False,
        min_value=SLOWEST,
        max_value=FASTEST,
        widget=forms.NumberInput(attrs={"step": "any", "placeholder": "As fast as the destination allows"}),
        help_text="Deliveries per second.",
    )

    def __init__(self, project: Project, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="replay_%s")
        self.project = project
        known = list(project.destinations.values_list("pk", "name"))
        choice_field(self, "destination").choices = [("", "Any"), *known] if self.may_be_any else known

    may_be_any = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since >= until:
            self.add_error("until", "This is not after the beginning.")
        return cleaned


class AgainForm(ReplayForm):
    """Deliveries to be sent again. What came along from the log's filter has no control of its own: it is hidden."""

    states = forms.MultipleChoiceField(
        label="Which ones",
        choices=STATES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one state."},
    )
    template = forms.ChoiceField(label="Template", choices=TEMPLATES, widget=forms.RadioSelect)
    ended_since = UTCField(label="Failed since", required=False)
    type = forms.CharField(required=False, max_length=1024, widget=forms.HiddenInput)
    q = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput)
    answer = forms.ChoiceField(required=False, choices=ANSWERS, widget=forms.HiddenInput)
    error = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    pick = forms.TypedMultipleChoiceField(required=False, coerce=int, widget=forms.MultipleHiddenInput)

    def __init__(self, project: Project, data: QueryDict) -> None:
        super().__init__(project, data)
        picked = [pk for pk in data.getlist("pick") if pk.isascii() and pk.isdecimal() and len(pk) < 19][:MOST_PICKED]
        choice_field(self, "pick").choices = [(pk, pk) for pk in picked]
        self.picked = len(picked)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What came along, in words."""
        names = {"type": "Event type", "q": "Event, delivery or user", "answer": "Response", "error": "Error contains"}
        shown = [(title, self.data.get(name, "")) for name, title in names.items()]
        return [(title, value) for title, value in shown if value]

    def selection(self) -> Selection:
        given = self.cleaned_data
        return Selection(
            self.project.pk,
            destination=given["destination"],
            states=tuple(given["states"]),
            event_type=given["type"],
            who=given["q"],
            answer=given["answer"],
            error=given["error"],
            since=given["since"],
            until=given["until"],
            ended_since=given["ended_since"],
            picked=tuple(given["pick"]),
        )


class BackfillForm(ReplayForm):
    """Events that never had a delivery to the destination."""

    may_be_any = False

    def __init__(self, project: Project, data: Mapping[str, Any]) -> None:
        super().__init__(project, data)
        self.fields["destination"].required = True

    def window(self) -> Window:
        given = self.cleaned_data
        return Window(given["destination"], since=given["since"], until=given["until"])


def from_query(query: QueryDict, moment: datetime) -> QueryDict:
    """The form's data where a link leads to it: the log's `state` and `range` become states and a time; what is not
    given gets its usual value."""
    data = query.copy()
    hours = data.get("range")
    if isinstance(hours, str) and hours in dict(RANGES) and hours and not data.get("since"):
        name = "ended_since" if data.get("failed") else "since"
        data[name] = (moment - timedelta(hours=int(hours))).strftime("%Y-%m-%dT%H:%M:%S")
    if not data.getlist("states"):
        data.setlist("states", _states(data))
    data.setdefault("kind", Replay.Kind.AGAIN)
    data.setdefault("template", "now")
    return data


def _states(data: QueryDict) -> list[str]:
    if data.getlist("pick"):
        return [state.value for state in REPEATABLE_STATES]
    if data.get("failed"):
        return [state.value for state in (*LOST_STATES, State.RETRYING)]
    chosen = [s.value for s in STATE_CHOICES.get(data.get("state", ""), LOST_STATES) if s in REPEATABLE_STATES]
    return chosen or [state.value for state in LOST_STATES]
