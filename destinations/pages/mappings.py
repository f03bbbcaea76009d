"""The Mappings tab: which properties go on to the destination, and how they are changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from destinations import catalog
from destinations.kind.definition import MappingField
from destinations.mappings import FIELD as FIELD_PATH
from destinations.mappings import OBJECTS
from destinations.models import Destination
from destinations.pages.tab_form import Shown, TabForm, destination_of
from destinations.property_paths import recent_paths, recent_properties
from destinations.specification import Specification
from destinations.step_forms import Steps
from events.checking import Problem
from events.fragments import htmx_of
from events.toasts import toast

ALL, CHOSEN = "all", "chosen"
FIELD = "field-"
EXAMPLE = "user_properties.email"
TITLES = {"event": "Event properties", "user": "User properties", "group": "Group properties"}
TYPED = {
    "event": "Not seen yet? Type their names, one per line.",
    "user": "Not seen yet? Type their names, one per line.",
    "group": "Not seen yet? Type them with their group’s type, one per line: company.plan",
}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields for one of the event's objects, as the page draws them."""

    title: str
    forward: Any
    names: Any
    more: Any


class MappingsForm(TabForm):
    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        kind = catalog.of(destination)
        self.declared: tuple[MappingField, ...] = kind.mappings if kind else ()
        super().__init__(destination, data)
        for one in self.declared:
            self.fields[f"{FIELD}{one.name}"] = forms.CharField(
                label=one.label if one.required else f"{one.label} (optional)",
                required=False,
                help_text=one.help,
                widget=forms.TextInput(
                    attrs={"list": "paths", "placeholder": EXAMPLE, "autocomplete": "off", "spellcheck": "false"}
                ),
            )
        seen = recent_properties(destination.project)
        # A kind's payload has the chosen ones and no others.
        unchosen = "Forward all" if kind is None or kind.is_plain else "None"
        for name, title in TITLES.items():
            chosen = self.initial[name] if data is None else data.getlist(name)
            offered = [(one, one) for one in dict.fromkeys([*seen[name], *chosen])]
            choices = [(ALL, unchosen), (CHOSEN, "Chosen ones")]
            self.fields[f"{name}_forward"] = forms.ChoiceField(label=title, choices=choices, widget=forms.RadioSelect)
            self.fields[name] = forms.MultipleChoiceField(
                label=title, required=False, choices=offered, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"{name}_more"] = forms.CharField(
                label=f"Other {title.lower()}",
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
                help_text=TYPED[name],
            )

        self.steps = Steps(destination.mappings.get("steps", []), data)

    def stored(self) -> dict[str, object]:
        chosen = self.destination.mappings.get("properties", {})
        forward = {f"{name}_forward": CHOSEN if name in chosen else ALL for name in OBJECTS}
        fields = self.destination.mappings.get("fields", {})
        mapped = {f"{FIELD}{one.name}": fields.get(one.name, "") for one in self.declared}
        return forward | {name: chosen.get(name, []) for name in OBJECTS} | mapped

    def changes(self) -> Specification:
        values = self.cleaned_data
        chosen = {name: self._chosen(name) for name in OBJECTS if values[f"{name}_forward"] == CHOSEN}
        fields = {one.name: values[f"{FIELD}{one.name}"].strip() for one in self.declared}
        fields = {name: path for name, path in fields.items() if path}
        mappings = {"properties": chosen, "fields": fields, "steps": self.steps.specification()}
        return {"mappings": {key: value for key, value in mappings.items() if value}}

    @property
    def mapped(self) -> list[forms.BoundField]:
        """The kind's own fields."""
        return [self[f"{FIELD}{one.name}"] for one in self.declared]

    @cached_property
    def paths(self) -> list[str]:
        """Properties to suggest."""
        return recent_paths(self.destination.project)

    @property
    def step_paths(self) -> list[str]:
        return [*(f"{FIELD_PATH}{one.name}" for one in self.declared), *self.paths]

    def _chosen(self, name: str) -> list[str]:
        """In the stored order where they are the same: boxes come in the alphabet's."""
        typed = (line.strip() for line in self.cleaned_data[f"{name}_more"].splitlines())
        names = [*self.cleaned_data[name], *filter(None, typed)]
        stored: list[str] = self.destination.mappings.get("properties", {}).get(name, [])
        return stored if set(stored) == set(names) else names

    def show(self, problem: Problem) -> None:
        part, _, name = problem.field.removeprefix("mappings.").partition(".")
        if part == "steps":
            return self.steps.show(problem.message, *(int(one) if one.isdecimal() else one for one in name.split(".")))
        known = f"{FIELD}{name}" if part == "fields" else f"{name}_more" if name in OBJECTS else ""
        return super().show(Problem(known, problem.message) if known in self.fields else problem)

    def field_problems(self) -> Iterator[Shown]:
        yield from super().field_problems()
        yield from (Shown(*problem) for problem in self.steps.problems())

    @property
    def parts(self) -> list[Part]:
        return [Part(TITLES[name], self[f"{name}_forward"], self[name], self[f"{name}_more"]) for name in OBJECTS]


def destination_mappings(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    form = MappingsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_mappings", project, pk), "Saved.")
    return _page(request, form)


@require_POST
def destination_mapping_steps(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The changes with a row more, less or elsewhere (`do`): in place, or without scripts as the whole page."""
    form = MappingsForm(destination_of(project, pk), request.POST)
    form.steps.change(request.POST.get("do", ""))
    if not htmx_of(request):
        return _page(request, form)
    response = render(request, "destinations/steps.html", _context(form) | {"steps": form.steps})
    return trigger_client_event(response, "sh:rows", after="settle")


def _page(request: HttpRequest, form: MappingsForm) -> HttpResponse:
    return render(request, "destinations/mappings.html", _context(form))


def _context(form: MappingsForm) -> dict[str, Any]:
    found = form.destination
    url = reverse("destination_mapping_steps", args=[found.project.slug, found.pk])
    return {"project": found.project, "destination": found, "form": form, "steps_url": url}
