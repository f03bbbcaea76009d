"""Cohorts by list: a CSV file or pasted ids, looked at before they are taken."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_POST

from cohorts.computation import Busy, add_and_remove, replace_members
from cohorts.models import Cohort, Computation, Kind
from cohorts.pages.finding import cohort_of
from cohorts.specification import MOST_MEMBERS, InvalidCohort, save_cohort
from cohorts.user_list import LOOKED_AT, BadList, Beginning, Report, UserList, look_at
from destinations.pages.tab_form import Shown
from events.models import Project
from events.signed_in import signed_in
from events.webforms import HubForm

REPLACE, ADD, REMOVE = "replace", "add", "remove"
MODES = ((REPLACE, "Replace all"), (ADD, "Add to them"), (REMOVE, "Remove from them"))
BUSY = "Somebody else is changing its members this moment. Try again in a minute."


class ListForm(HubForm):
    """A name, a list, and how to read it. With `cohort`, the list changes that one."""

    name = forms.CharField(
        label="Name",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Beta testers", "autocomplete": "off"}),
    )
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    mode = forms.ChoiceField(label="What to do with its members", choices=MODES, widget=forms.RadioSelect)
    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
        help_text="Choose a file or drop it here: UTF-8 or UTF-16, up to 2,000,000 users.",
    )
    separator = forms.ChoiceField(
        label="Separator",
        required=False,
        choices=[("", "Recognise"), ("comma", "Comma ,"), ("semicolon", "Semicolon ;"), ("tab", "Tab")],
    )
    header = forms.ChoiceField(
        label="First line",
        required=False,
        choices=[("", "Recognise"), ("yes", "Names the columns"), ("no", "Is a user")],
    )
    column = forms.CharField(
        label="Column",
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": "user_id, or the first", "list": "columns", "autocomplete": "off"}
        ),
        help_text="Its name, or its number.",
    )
    pasted = forms.CharField(
        label="Or paste user ids",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "is-code"}),
        help_text="One per line.",
    )
    lenient = forms.BooleanField(label="Leave out lines that are wrong", required=False)

    def __init__(
        self,
        project: Project,
        cohort: Cohort | None,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
    ) -> None:
        stored = {"name": cohort.name, "description": cohort.description} if cohort else {}
        super().__init__(data, files, initial=stored | {"mode": REPLACE})
        self.project, self.cohort = project, cohort
        self.report: Report | None = None
        self.computation: Computation | None = None
        if cohort is None:
            del self.fields["mode"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("file") is not None and cleaned.get("pasted", "").strip():
            self.add_error("pasted", "Choose a file or paste ids, not both.")
        changes_only = self.cohort is not None and not {"name", "description"}.isdisjoint(self.changed_data)
        if cleaned.get("file") is None and not cleaned.get("pasted", "").strip() and not changes_only:
            self.add_error("file", "Choose a file, or paste user ids below.")
        return cleaned

    def save(self, by: Any) -> bool:
        """Whether it was taken; otherwise the form says what is wrong, and nothing was changed."""
        if not self.is_valid():
            return False
        if self.cleaned_data["file"] is None and not self.cleaned_data["pasted"].strip():
            return self._save_cohort(by)
        with UserList(MOST_MEMBERS) as users:
            if not self._read(users) or not self._save_cohort(by):
                return False
            assert self.cohort
            try:
                self.computation = self._take(users)
            except Busy:
                self.add_error(None, BUSY)
                return False
        return True

    def _read(self, users: UserList) -> bool:
        file, field = self.cleaned_data["file"], "file"
        try:
            if file is not None:
                layout = looked_at(file, self.cleaned_data).layout
                file.seek(0)
                self.report = users.read(file.file, layout)
            else:
                field = "pasted"
                self.report = users.read_pasted(self.cleaned_data["pasted"])
        except BadList as error:
            self.add_error(field, str(error))
            return False
        if self.report.bad and not self.cleaned_data["lenient"]:
            words = "line is" if self.report.bad == 1 else "lines are"
            self.add_error(field, f"{self.report.bad:,} {words} wrong, so nothing was changed. They are named below.")
        elif not self.report.users:
            self.add_error(field, "There is no user id in it.")
        return not self.errors

    def _save_cohort(self, by: Any) -> bool:
        given = {name: self.cleaned_data[name] for name in ("name", "description")} | {"kind": Kind.LISTED.value}
        try:
            self.cohort, _ = save_cohort(self.project, given, self.cohort, by)
        except InvalidCohort as error:
            for problem in error.problems:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
            return False
        return True

    def _take(self, users: UserList) -> Computation:
        assert self.cohort
        cause = "CSV upload" if self.cleaned_data["file"] is not None else "pasted list"
        match self.cleaned_data.get("mode", REPLACE):
            case "add":
                return add_and_remove(self.cohort, users.identities(), (), cause)
            case "remove":
                return add_and_remove(self.cohort, (), users.identities(), cause)
        return replace_members(self.cohort, users.identities(), cause)

    @property
    def problems(self) -> list[Shown]:
        own = [Shown("", "", str(message)) for message in self.non_field_errors()]
        return own + [
            Shown(field.id_for_label, str(field.label), str(message)) for field in self for message in field.errors
        ]


@dataclass(frozen=True, slots=True)
class Look:
    """The first lines of a file as the page shows them."""

    beginning: Beginning

    @property
    def rows(self) -> list[list[str]]:
        return self.beginning.lines[1:] if self.beginning.layout.header else self.beginning.lines

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """The name of each, and whether the ids are taken from it."""
        chosen = self.beginning.layout.column
        return [(name, number == chosen) for number, name in enumerate(self.beginning.columns)]

    @property
    def separator(self) -> str:
        return {",": "commas", ";": "semicolons", "\t": "tabs"}[self.beginning.layout.separator]

    @property
    def encoding(self) -> str:
        return "UTF-16" if self.beginning.layout.encoding.startswith("utf-16") else "UTF-8"


def looked_at(file: UploadedFile, given: dict[str, Any]) -> Beginning:
    """Raises BadList."""
    file.seek(0)
    header = {"yes": True, "no": False}.get(given.get("header", ""))
    return look_at(file.read(LOOKED_AT), given.get("separator", ""), header, given.get("column", ""))


def cohort_new_list(request: HttpRequest, project: str) -> HttpResponse:
    return _listed(request, get_object_or_404(Project, slug=project), None)


def cohort_list(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    found = cohort_of(project, cohort)
    return (
        _listed(request, found.project, found)
        if found.kind == Kind.LISTED
        else redirect("cohort_edit", project, cohort)
    )


def _listed(request: HttpRequest, project: Project, cohort: Cohort | None) -> HttpResponse:
    """The form; after a list was taken, what stood in it."""
    form = (
        ListForm(project, cohort, request.POST, request.FILES)
        if request.method == "POST"
        else ListForm(project, cohort)
    )
    done = request.method == "POST" and form.save(signed_in(request))
    if done and form.computation is None and form.cohort is not None:
        return redirect(form.cohort)
    context = {"project": project, "cohort": cohort, "form": form, "done": form.cohort if done else None}
    return render(request, "cohorts/list_taken.html" if done else "cohorts/list_form.html", context)


@require_POST
def cohort_list_look(request: HttpRequest, project: str) -> HttpResponse:
    """The first lines of a file, from its beginning alone (`head`): what will be taken from it."""
    get_object_or_404(Project, slug=project)
    file = request.FILES.get("head")
    context: dict[str, Any] = {}
    if file is not None:
        try:
            context["look"] = Look(looked_at(file, request.POST.dict()))
        except BadList as error:
            context["problem"] = str(error)
    return render(request, "cohorts/list_look.html", context)
