"""A kind as the files of its folder: out as a zip, in as a zip or one file."""

import zipfile
from io import BytesIO

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from destinations.kind.check import check_definition
from destinations.kind.folder import KIND, MOST_BYTES, BadFiles, KindFiles, as_files, read_files, read_zip
from destinations.kind.logo import BadLogo
from destinations.pages.portal import version_of
from destinations.portal import drafts
from events.models import Project
from events.signed_in import signed_in
from events.toasts import toast
from events.webforms import HubForm


@require_GET
def portal_file(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """What `check_kind` takes and the import reads."""
    version = version_of(project, pk)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in as_files(version.definition, bytes(version.logo)).items():
            folder.writestr(f"{version.kind.slug}/{name}", content)
    disposition = f'attachment; filename="{version.kind.slug}.zip"'
    return HttpResponse(packed.getvalue(), content_type="application/zip", headers={"Content-Disposition": disposition})


class ImportKindForm(HubForm):
    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ".zip,.yaml,.yml"}),
        help_text="A zip of the kind’s folder, or its kind.yaml alone.",
    )


def portal_import(request: HttpRequest, project: str) -> HttpResponse:
    """A file that is refused changes nothing and comes back with the line of everything that is wrong in it."""
    found = get_object_or_404(Project, slug=project)
    form = ImportKindForm(request.POST, request.FILES) if request.method == "POST" else ImportKindForm()
    problems: list[str] = []
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            files = _read(str(upload.name), upload.read(MOST_BYTES + 1))
            wrong = check_definition(files.slug, files.definition, files.logo)
            problems = [str(files.locate(problem)) for problem in wrong]
            if not problems:
                made = drafts.take_in(found, files, signed_in(request))
                return toast(request, redirect("portal_kind", project, made.kind_id), "Imported as a draft.")
        except BadFiles as error:
            problems = [str(problem) for problem in error.problems]
        except BadLogo as error:
            problems = [str(error)]
    return render(request, "portal/import.html", {"project": found, "form": form, "problems": problems})


def _read(name: str, data: bytes) -> KindFiles:
    """Raises BadFiles."""
    stem = name.rpartition("/")[2].rpartition(".")[0].lower().replace("_", "-").replace(" ", "-")
    if name.lower().endswith((".yaml", ".yml")):
        return read_files("imported" if stem == "kind" else stem, {KIND: data})
    return read_zip(data, f"{stem}.zip")
