"""A project's name, keys and addresses."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from events import audit
from events.audit_changes import differences
from events.membership import add_member, may_create_projects
from events.models import Project, new_secret_key
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


def settings_page(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = ProjectForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
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
    form = ProjectForm(instance=found)
    response = render(request, "projects/settings.html", {"form": form, "secret_key": key, **_about(request, found)})
    response["Cache-Control"] = "no-store"
    return response


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
        "ingest": [{"url": request.build_absolute_uri(path), "what": what} for path, what in INGEST],
        "inbox": request.build_absolute_uri(reverse("inbox", args=[project.inbox_token])),
    }
