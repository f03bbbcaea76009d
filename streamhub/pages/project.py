"""A project's name, keys, addresses, retention and limit, and its end."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cohorts.time_zones import NAMES
from delivery.removal import mark_project
from events.ingest_limit import MOST, WINDOW
from events.membership import may_create_projects
from events.models import Project
from events.retention_rules import FIELDS, LONGEST
from events.signed_in import signed_in
from events.toasts import toast
from events.webforms import HubForm
from events.write_keys import OVERLAP_HOURS, old_key
from streamhub.project_settings import MOST_NAME, InvalidProject, change, create, renew_secret_key

# (address, what sends to it)
INGEST = (
    ("/2/httpapi", "Amplitude SDKs and HTTP API"),
    ("/batch", "The same, up to 20 MB at once"),
    ("/identify", "User properties"),
    ("/groupidentify", "Group properties"),
)


LIMIT = "most_events_per_second"
OPTIONAL = ("time_zone", LIMIT, *FIELDS.values())


class ProjectForm(HubForm):
    name = forms.CharField(label="Name", max_length=MOST_NAME)

    def save(self, by: User) -> Project | None:
        """None where something is wrong; then the form says what."""
        if not self.is_valid():
            return None
        try:
            return create({"name": self.cleaned_data["name"]}, by)
        except InvalidProject as error:
            for problem in error.problems:
                self.add_error(problem.field, problem.message)
            return None


class SettingsForm(HubForm):
    """Every rule is project_settings' own."""

    FIELD_OF: ClassVar = {f"retention.{key}": field for key, field in FIELDS.items()}

    name = forms.CharField(label="Name", max_length=MOST_NAME)
    time_zone = forms.CharField(
        label="Time zone",
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text="Where its day begins: what is done daily goes by it. A name such as Europe/Warsaw.",
    )
    keep_events = forms.IntegerField(
        label="Events", help_text="Days. An event that waits to be sent stays until it is."
    )
    keep_deliveries = forms.IntegerField(label="Deliveries and their attempts", help_text="Days from their end.")
    keep_bodies = forms.IntegerField(
        label="Bodies of requests and answers",
        help_text="Days. After that an attempt shows its status, times and headers.",
    )
    most_events_per_second = forms.IntegerField(
        label="Events a second",
        help_text=f"At most, on average over {WINDOW} seconds. 0: as many as come.",
    )

    def __init__(self, project: Project, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={name: getattr(project, name) for name in ("name", *OPTIONAL)})
        self.project = project
        for field in OPTIONAL:
            self.fields[field].required = False  # what is left out stays
        for field in FIELDS.values():
            self.fields[field].widget.attrs |= {"min": 1, "max": LONGEST}
        self.fields[LIMIT].widget.attrs |= {"min": 0, "max": MOST}

    def save(self) -> bool:
        """Whether it was saved; otherwise the form says what to mend."""
        if not self.is_valid():
            return False
        given = self.cleaned_data
        days = {key: given[field] for key, field in FIELDS.items() if field in self.data}
        others = {"time_zone": given["time_zone"].strip(), LIMIT: given[LIMIT] or 0}
        wanted = {"name": given["name"], "retention": days} | {k: v for k, v in others.items() if k in self.data}
        try:
            change(self.project, wanted)
        except InvalidProject as error:
            for problem in error.problems:
                self.add_error(self.FIELD_OF.get(problem.field, problem.field), problem.message)
        return not self.errors


def settings_page(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = SettingsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("project", found.slug), "Saved.")
    found.refresh_from_db(fields=["name"])  # a name that was refused must not stand in the page's head
    return render(request, "projects/settings.html", {"form": form, **_about(request, found)})


@require_POST
def new_secret(request: HttpRequest, project: str) -> HttpResponse:
    """Makes a new secret key and shows it, this once: only its hash is kept."""
    found = get_object_or_404(Project, slug=project)
    context = {"secret_key": renew_secret_key(found), "form": SettingsForm(found)}
    response = render(request, "projects/settings.html", context | _about(request, found))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def delete(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    if request.POST.get("expect", "").strip() != found.name:
        words = f"Nothing was deleted: the name typed is not {found.name}."
        return toast(request, redirect("project", found.slug), words, "bad")
    name = found.name
    mark_project(found)
    return toast(request, redirect("home"), f"{name} was deleted. Its events and log go in the background.")


def new(request: HttpRequest) -> HttpResponse:
    if not may_create_projects(request.user):
        raise PermissionDenied("Only administrators can make projects. Ask one of them.")
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and (project := form.save(signed_in(request))):
        return toast(request, redirect(project), "Project made.")
    return render(request, "projects/new.html", {"form": form})


def _about(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {
        "project": project,
        "old_write_key": old_key(project),
        "overlap": OVERLAP_HOURS,
        "time_zones": NAMES,
        "ingest": [{"url": request.build_absolute_uri(path), "what": what} for path, what in INGEST],
        "inbox": request.build_absolute_uri(reverse("inbox", args=[project.inbox_token])),
    }
