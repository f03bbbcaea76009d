"""A project's name, keys, addresses and retention, and its end."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cohorts.time_zones import NAMES, BadTimeZone, checked_time_zone, plan_days_anew
from delivery.removal import mark_project
from events import audit
from events.audit_changes import differences
from events.membership import add_member, may_create_projects
from events.models import Project, new_secret_key
from events.retention_rules import FIELDS, InvalidRetention, checked, describe
from events.roles import Role
from events.toasts import toast
from events.webforms import HubModelForm

# (address, what sends to it)
INGEST = (
    ("/2/httpapi", "Amplitude SDKs and HTTP API"),
    ("/batch", "The same, up to 20 MB at once"),
    ("/identify", "User properties"),
    ("/groupidentify", "Group properties"),
)


class ProjectForm(HubModelForm):
    class Meta:
        model = Project
        fields = ["name"]
        error_messages = {"name": {"unique": "There is a project of this name already. Choose another."}}


class SettingsForm(ProjectForm):
    class Meta(ProjectForm.Meta):
        fields = ["name", "time_zone", *FIELDS.values()]
        labels = {
            "time_zone": "Time zone",
            "keep_events": "Events",
            "keep_deliveries": "Deliveries and their attempts",
            "keep_bodies": "Bodies of requests and answers",
        }
        widgets = {"time_zone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})}
        help_texts = {
            "time_zone": "Where its day begins: what is done daily goes by it. A name such as Europe/Warsaw.",
            "keep_events": "Days. An event that waits to be sent stays until it is.",
            "keep_deliveries": "Days from their end.",
            "keep_bodies": "Days. After that an attempt shows its status, times and headers.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("time_zone", *FIELDS.values()):
            self.fields[field].required = False  # what is left out stays

    def clean_time_zone(self) -> str:
        if "time_zone" not in self.data:
            return self.instance.time_zone
        try:
            return checked_time_zone(self.cleaned_data["time_zone"].strip())
        except BadTimeZone as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(field in self.errors for field in FIELDS.values()):
            return cleaned
        given = {key: cleaned[field] for key, field in FIELDS.items() if field in self.data}
        try:
            wanted = checked(describe(self.instance), given)
        except InvalidRetention as error:
            for key, words in error.problems.items():
                self.add_error(FIELDS[key], words)
        else:
            cleaned |= {field: wanted[key] for key, field in FIELDS.items()}
        return cleaned


def settings_page(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = SettingsForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            if "time_zone" in form.changed_data:
                plan_days_anew(found)
            if form.has_changed():
                audit.record("changed", found, differences(form.initial, form.cleaned_data))
        return toast(request, redirect("project", found.slug), "Saved.")
    found.refresh_from_db(fields=["name"])  # a name that was refused must not stand in the page's head
    return render(request, "projects/settings.html", {"form": form, **_about(request, found)})


@require_POST
def new_secret(request: HttpRequest, project: str) -> HttpResponse:
    """Makes a new secret key and shows it, this once: only its hash is kept."""
    found = get_object_or_404(Project, slug=project)
    key = new_secret_key()
    with transaction.atomic():
        action = "replaced the secret key of" if found.secret_key_hash else "made a secret key for"
        found.set_secret_key(key)
        found.save(update_fields=["secret_key_hash", "secret_key_end"])
        audit.record(action, found)
    form = SettingsForm(instance=found)
    response = render(request, "projects/settings.html", {"form": form, "secret_key": key, **_about(request, found)})
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
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            project = form.save()
            audit.record("created", project)
            add_member(project, request.user, Role.ADMIN)
        return toast(request, redirect(project), "Project made.")
    return render(request, "projects/new.html", {"form": form})


def _about(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {
        "project": project,
        "time_zones": NAMES,
        "ingest": [{"url": request.build_absolute_uri(path), "what": what} for path, what in INGEST],
        "inbox": request.build_absolute_uri(reverse("inbox", args=[project.inbox_token])),
    }
