"""Destinations as files: one of them out, any number in."""

from pathlib import PurePath

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from destinations.models import Destination
from events.models import Project
from events.toasts import toast
from events.webforms import HubForm
from streamhub import projects
from streamhub.declaration import Declaration, DeclarationError
from streamhub.yaml_text import as_yaml

MOST_BYTES = 256 * 1024
SECRETS_LEFT_OUT = "# Secret values are left out (null): importing over this destination keeps them.\n"


@require_GET
def download(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """One destination as `apply` and the import take it, without its secrets."""
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    has_secrets = bool(found.secrets) or any(header.secret for header in found.header_list)
    text = (SECRETS_LEFT_OUT if has_secrets else "") + as_yaml(projects.dump_destination(found))
    name = slugify(found.name) or f"destination-{found.pk}"
    disposition = f'attachment; filename="{name}.yaml"'
    return HttpResponse(text, content_type="application/yaml", headers={"Content-Disposition": disposition})


class ImportForm(HubForm):
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json"}),
        help_text=f"YAML or JSON, at most {MOST_BYTES // 1024} kB.",
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file has {file.size // 1024:,} kB; at most {MOST_BYTES // 1024} kB are read. Split it."
            )
        return file


def import_page(request: HttpRequest, project: str) -> HttpResponse:
    """A file that is refused changes nothing and comes back with the line of everything that is wrong in it."""
    found = get_object_or_404(Project, slug=project)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    problems: list[str] = []
    if form.is_bound and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        try:
            report = projects.import_destinations(found, Declaration.of(PurePath(file.name or "file"), file.read()))
        except DeclarationError as error:
            problems = error.lines
        else:
            return toast(request, redirect("destinations", project), _told(report))
    return render(request, "destinations/import.html", {"project": found, "form": form, "problems": problems})


def _told(report: dict[str, str]) -> str:
    return f"Imported: {', '.join(f'{name} ({change})' for name, change in report.items())}."
