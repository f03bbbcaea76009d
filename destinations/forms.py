"""The forms of a destination: fields in, a specification out. Every rule is the specification's; problems come back
with dotted paths and are shown at the fields they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from destinations.editor import editor
from destinations.header_forms import HeaderForm, header_forms
from destinations.header_rules import MOST_EXTRA_HEADERS
from destinations.models import METHODS, Destination, Language, PayloadMode
from destinations.specification import TIMEOUTS, InvalidDestination, Problem, Specification, describe, save
from events.models import Project
from events.seen_types import seen_types
from events.webforms import HubForm

BODIES = (
    (Language.FREEMARKER.value, Language.FREEMARKER.label),
    (Language.JINJA2.value, Language.JINJA2.label),
    (PayloadMode.RAW.value, PayloadMode.RAW.label),
)
ALL, CHOSEN = "all", "chosen"
# Paths of the specification whose field here has another name.
FIELD_OF = {
    "payload.mode": "body",
    "payload.language": "body",
    "payload.template": "template",
    "payload": "template",
    "filter": "more_types",
    "timeouts.connect": "connect_timeout",
    "timeouts.total": "total_timeout",
}


class NewDestinationForm(HubForm):
    name = forms.CharField(
        label="Sync name",
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "placeholder": "Orders to CRM", "autocomplete": "off"}),
        help_text="It starts switched off. You set the URL and payload next.",
    )

    def save(self, project: Project) -> Destination | None:
        """The new destination, or None: then the form says why."""
        try:
            return save(project, {"name": self.cleaned_data["name"], "enabled": False})[0]
        except InvalidDestination as error:
            for problem in error.problems:
                self.add_error("name", problem.message)
            return None


class SetupForm(HubForm):
    """Everything that one sets on a destination, but for the switch."""

    name = forms.CharField(label="Name", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    method = forms.CharField(label="Method", widget=forms.Select(choices=[(m, m) for m in METHODS]))
    url = forms.CharField(
        label="URL",
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "url",
                "inputmode": "url",
                "placeholder": "https://example.com/webhook",
                "spellcheck": "false",
                "autocomplete": "off",
            }
        ),
    )
    body = forms.CharField(label="Body", widget=forms.RadioSelect(choices=BODIES))
    template = forms.CharField(label="Payload template", required=False, strip=False, widget=editor())
    events = forms.ChoiceField(
        label="Events",
        choices=[(CHOSEN, "Chosen events"), (ALL, "All events")],
        widget=forms.RadioSelect,
    )
    event_types = forms.MultipleChoiceField(label="Event types", required=False, widget=forms.CheckboxSelectMultiple)
    more_types = forms.CharField(
        label="Other event types",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Not seen yet? Type their names, one per line.",
    )
    connect_timeout = forms.FloatField(label="Connect timeout")
    total_timeout = forms.FloatField(label="Total timeout")

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        self.destination = destination
        self.seen = seen_types(destination.project)
        stored = describe(destination)
        super().__init__(data, initial=_initial(destination, stored, self.seen))
        chosen = stored["filter"].get("event_types", []) if data is None else data.getlist("event_types")
        self.fields["event_types"].choices = [(name, name) for name in dict.fromkeys([*self.seen, *chosen])]
        for name, (_, least, most) in TIMEOUTS.items():
            field = self.fields[f"{name}_timeout"]
            field.widget.attrs |= {"min": least, "max": most, "step": "any"}
            field.help_text = f"{least:g} to {most:g} seconds."
        self.headers: list[HeaderForm] = header_forms(destination, data)
        self.headers_error = ""

    def save(self) -> bool:
        """Whether it was saved; otherwise the form says what to mend, and nothing was."""
        readable = self.is_valid()
        try:
            if readable:
                save(self.destination.project, self.specification(), self.destination)
        except InvalidDestination as error:
            for problem in error.problems:
                self._show(problem)
        return not self.problems

    def specification(self) -> Specification:
        values = self.cleaned_data
        return {
            "name": values["name"],
            "kind": self.destination.kind,
            "url": values["url"],
            "method": values["method"],
            "headers": [form.specification() for form in self._filled_headers],
            "payload": self._payload(),
            "filter": self._filter(),
            "timeouts": {"connect": values["connect_timeout"], "total": values["total_timeout"]},
            "enabled": self.destination.enabled,
        }

    def draft(self) -> Destination:
        """The payload as it stands in the form, for the preview; not to be saved."""
        payload = self._payload()
        return Destination(
            project=self.destination.project,
            name=self.destination.name,
            payload_mode=payload["mode"],
            language=payload["language"],
            template=payload["template"],
        )

    @cached_property
    def _filled_headers(self) -> list[HeaderForm]:
        return [form for form in self.headers if form.is_filled]

    def _payload(self) -> dict[str, Any]:
        """As typed or as stored: unlike the other fields it is needed before the form is checked."""
        body, template = self["body"].value(), self["template"].value() or ""
        raw = body not in Language.values
        return {
            "mode": PayloadMode.RAW.value if raw else PayloadMode.TEMPLATE.value,
            # A template that is not in use is kept, so that one can go back to it.
            "language": self.destination.language if raw else body,
            "template": template.replace("\r\n", "\n"),
        }

    def _filter(self) -> dict[str, Any]:
        if self.cleaned_data["events"] == ALL:
            return {}
        typed = [line.strip() for line in self.cleaned_data["more_types"].splitlines()]
        return {"event_types": [*self.cleaned_data["event_types"], *filter(None, typed)]}

    def _show(self, problem: Problem) -> None:
        stem, *rest = problem.field.split(".")
        if stem == "headers":
            if rest:
                self._filled_headers[int(rest[0])].show(problem.message, *rest[1:])
            else:
                self.headers_error = problem.message
            return
        name = FIELD_OF.get(problem.field, problem.field)
        # A template's error goes on with the quoted line: the preview shows that, and the editor marks it.
        self.add_error(name if name in self.fields else None, problem.message.partition("\n")[0])

    @property
    def most_headers(self) -> int:
        return MOST_EXTRA_HEADERS

    @property
    def blank_header(self) -> HeaderForm:
        """What the page copies where a further row is needed."""
        return HeaderForm(0)

    @property
    def used_headers(self) -> int:
        return sum(form.is_filled for form in self.headers)

    @property
    def type_rows(self) -> list[tuple[Any, int]]:
        """The checkboxes, each with how often its type was seen lately."""
        return [(box, self.seen.get(box.data["value"], 0)) for box in self["event_types"]]

    @property
    def problems(self) -> list["Shown"]:
        """Everything that is wrong, in the page's order, each with the id of what to mend."""
        found = [Shown("", "", str(message)) for message in self.non_field_errors()]
        found += [Shown(f.id_for_label or f.auto_id, str(f.label), str(m)) for f in self for m in f.errors]
        found += [Shown("headers", "Headers", self.headers_error)] if self.headers_error else []
        rows = (field for form in self.headers for field in form if field.errors)
        return found + [Shown(f.auto_id, f.field.widget.attrs["aria-label"], str(m)) for f in rows for m in f.errors]


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as the note above the form lists it."""

    anchor: str
    label: str
    message: str


def _initial(destination: Destination, stored: Specification, seen: Mapping[str, int]) -> dict[str, Any]:
    chosen = stored["filter"].get("event_types")
    raw = destination.payload_mode == PayloadMode.RAW
    return {
        "name": destination.name,
        "method": destination.method,
        "url": destination.url,
        "body": PayloadMode.RAW.value if raw else destination.language,
        "template": destination.template,
        "events": ALL if chosen is None else CHOSEN,
        "event_types": chosen or [],
        "connect_timeout": f"{destination.connect_timeout:g}",
        "total_timeout": f"{destination.total_timeout:g}",
    }
