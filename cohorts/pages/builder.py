"""The builder of a defined cohort: conditions as rows, and whom they mean before anything is saved."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from cohorts.computation import preview
from cohorts.condition_forms import Rules
from cohorts.models import Cadence, Cohort, Kind
from cohorts.on_demand import BY_HAND, compute_soon
from cohorts.pages.cadence_form import CadenceForm, cadence_of
from cohorts.pages.finding import cohort_of
from cohorts.specification import InvalidCohort, check_cohort, save_cohort
from destinations.pages.tab_form import Shown
from destinations.property_paths import recent_paths
from destinations.specification import Specification
from events.checking import Problem
from events.fragments import htmx_of
from events.models import Project
from events.seen_types import seen_types
from events.signed_in import signed_in
from events.toasts import toast

OF_USERS = ("user_properties.", "groups.")


class DefinitionForm(CadenceForm):
    """A cohort's name, rules and cadence; every rule about them is the specification's."""

    name = forms.CharField(
        label="Name",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Paying customers", "autocomplete": "off"}),
    )
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, project: Project, cohort: Cohort | None, data: QueryDict | None = None) -> None:
        stored = {"name": cohort.name, "description": cohort.description} if cohort else {}
        super().__init__(data, initial=stored | cadence_of(cohort, Cadence.HOURLY))
        self.project, self.cohort = project, cohort
        self.fields["daily_at"].help_text = f"In {project.time_zone}."
        others = Cohort.objects.filter(project=project)
        if cohort:
            others = others.exclude(pk=cohort.pk)
        choices = list(others.values_list("public_id", "name"))
        self.rules = Rules(cohort.definition if cohort else {}, choices, data)

    def given(self) -> Specification:
        """What `save_cohort` takes. For a definition alone the name may still be missing."""
        return {
            "name": self.cleaned_data["name"],
            "description": self.cleaned_data["description"],
            "kind": Kind.DEFINED.value,
            "definition": self.rules.definition(),
            "cadence": self.given_cadence(),
        }

    def save(self, by: Any) -> Cohort | None:
        """None where something is wrong: then the form says what, and nothing was saved."""
        if not self.is_valid():
            return None
        try:
            cohort, change = save_cohort(self.project, self.given(), self.cohort, by)
        except InvalidCohort as error:
            for problem in error.problems:
                self.show(problem)
            return None
        if change != "unchanged":
            compute_soon(cohort, BY_HAND)
        return cohort

    def show(self, problem: Problem) -> None:
        stem, *place = problem.field.split(".")
        if stem == "definition":
            self.rules.show(problem.message, *(int(part) if part.isdecimal() else part for part in place))
            return
        name = place[0] if place and place[0] in self.fields else stem
        self.add_error(name if name in self.fields else None, problem.message)

    @property
    def problems(self) -> list[Shown]:
        return list(self._problems())

    def _problems(self) -> Iterator[Shown]:
        yield from (Shown("", "", str(message)) for message in self.non_field_errors())
        for field in self:
            yield from (Shown(field.id_for_label, str(field.label), str(message)) for message in field.errors)
        yield from (Shown(*problem) for problem in self.rules.problems())

    @cached_property
    def paths(self) -> list[str]:
        return recent_paths(self.project)

    @property
    def user_paths(self) -> list[str]:
        return [path for path in self.paths if path.startswith(OF_USERS)]

    @property
    def event_paths(self) -> list[str]:
        return [path for path in self.paths if not path.startswith("group_properties.")]

    @property
    def event_types(self) -> list[str]:
        return list(seen_types(self.project))


def cohort_new(request: HttpRequest, project: str) -> HttpResponse:
    return _edited(request, get_object_or_404(Project, slug=project), None)


def cohort_edit(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    found = cohort_of(project, cohort)
    if found.kind == Kind.LISTED:
        return redirect("cohort_list", project, cohort)
    return _edited(request, found.project, found)


def _edited(request: HttpRequest, project: Project, cohort: Cohort | None) -> HttpResponse:
    form = DefinitionForm(project, cohort, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (saved := form.save(signed_in(request))):
        return toast(request, redirect(f"{saved.get_absolute_url()}?asked={_newest(saved)}"), "Saved.")
    return _page(request, form)


def _newest(cohort: Cohort) -> int:
    """The newest computation: the page waits for one beyond it."""
    return cohort.computations.values_list("pk", flat=True).first() or 0


@require_POST
def cohort_rules(request: HttpRequest, project: str) -> HttpResponse:
    """The rows with one more or less (`do`): in place, or without scripts as the whole page."""
    form = _posted(request, project)
    form.rules.change(request.POST.get("do", ""))
    if not htmx_of(request):
        return _page(request, form)
    response = render(request, "cohorts/rules.html", {"project": form.project, "form": form})
    return trigger_client_event(response, "sh:rows", after="settle")


@require_POST
def cohort_preview(request: HttpRequest, project: str) -> HttpResponse:
    """How many users the rows mean, and some of them; in place, or without scripts as the whole page."""
    form = _posted(request, project)
    shown = _looked_up(form)
    if not htmx_of(request):
        return _page(request, form, **shown)
    return render(request, "cohorts/preview.html", {"project": form.project} | shown)


def _posted(request: HttpRequest, project: str) -> DefinitionForm:
    """The form as typed, of a new cohort or of the one that a hidden field names."""
    found = get_object_or_404(Project, slug=project)
    named = request.POST.get("cohort", "")
    return DefinitionForm(found, cohort_of(project, named) if named else None, request.POST)


def _looked_up(form: DefinitionForm) -> dict[str, Any]:
    if not form.rules.filled:
        return {"unfinished": "Add a condition."}
    try:
        definition = check_cohort(form.project, form.rules.definition(), form.cohort)
    except InvalidCohort as error:
        return {"unfinished": error.problems[0].message}
    try:
        count, identities = preview(form.project.pk, definition)
    except DatabaseError:
        return {"gave_up": True}
    return {"counted": True, "count": count, "sample": identities}


def _page(request: HttpRequest, form: DefinitionForm, **more: Any) -> HttpResponse:
    return render(
        request, "cohorts/builder.html", {"project": form.project, "cohort": form.cohort, "form": form} | more
    )
