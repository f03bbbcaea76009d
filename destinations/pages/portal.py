"""The developer portal: a project's own kinds, and the editor of one."""

import json
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.kind.logo import BadLogo, checked_logo, monogram
from destinations.kind.problems import Problem
from destinations.kind.prose import as_html
from destinations.models import KindVersion, PortalKind
from destinations.pages.kind import picture
from destinations.portal import drafts
from destinations.portal.editor_form import EditorForm, to_mend
from destinations.portal.entries import CONTENT_TYPES, HEADER_NAMES
from destinations.portal.life import may_review
from destinations.portal.posted import add_row, definition_of, remove_row, without_empty_rows
from destinations.portal.trial import Given, Trial, starting_event, try_out
from destinations.samples import field_names
from events.jsonlayout import indented
from events.jsontext import dumps
from events.models import Project
from events.signed_in import signed_in
from events.toasts import toast
from events.webforms import HubForm

PARAMETERS, FIELDS = "trial.parameters.", "trial.fields."
SECTIONS = (("events", "Event streaming"), (COHORTS, "Cohort"))


class NewKindForm(HubForm):
    name = forms.CharField(
        label="Display name",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "Acme", "autocomplete": "off"}),
    )
    section = forms.ChoiceField(label="Destination type", choices=SECTIONS, initial="events", widget=forms.RadioSelect)


def portal(request: HttpRequest, project: str) -> HttpResponse:
    """The project's kinds."""
    found = get_object_or_404(Project, slug=project)
    kinds = found.kinds.prefetch_related("versions")
    rows = [
        (kind, kind.versions.all()[0], kind.versions.all()[0].definition.get("name") or kind.slug) for kind in kinds
    ]
    return render(request, "portal/list.html", {"project": found, "rows": rows})


def portal_new(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = NewKindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = drafts.begin(found, form.cleaned_data["name"], form.cleaned_data["section"], signed_in(request))
        return redirect("portal_kind", project, made.kind_id)
    return render(request, "portal/new.html", {"project": found, "form": form})


def portal_kind(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The editor. A POST's `act`: nothing to save, `add:<rows>` or `remove:<row>` to change the form alone."""
    version = version_of(project, pk)
    if request.method != "POST":
        form = EditorForm(version.definition)
        return editor_page(request, version, form, drafts.given_of(version))
    definition, given = typed(request.POST, version)
    act, _, place = request.POST.get("act", "").partition(":")
    if act in ("add", "remove"):
        try:
            (add_row if act == "add" else remove_row)(definition, place)
        except KeyError:
            raise Http404 from None
        response = editor_page(request, version, EditorForm(definition), given, changed=True)
        return trigger_client_event(response, "sh:rows", after="settle")
    return _saved(request, version, without_empty_rows(definition), given)


@require_POST
def portal_preview(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The right side for what is typed; nothing is saved."""
    version = version_of(project, pk)
    definition, given = typed(request.POST, version)
    trial = try_out(version.kind.slug, without_empty_rows(definition), bytes(version.logo), given)
    response = render(request, "portal/preview.html", context_of(request, version, trial))
    response["HX-Trigger-After-Swap"] = json.dumps({"sh:annotations": {"items": trial.marks}})
    return _unkept(response)


def portal_logo(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Of the version in the making. `?name`: whose monogram is drawn where there is none."""
    version = version_of(project, pk)
    name = request.GET.get("name") or str(version.definition.get("name") or version.kind.slug)
    response = picture(bytes(version.logo) or monogram(name[:60]))
    response["Cache-Control"] = "private, no-cache"
    return response


def version_of(project: str, pk: int) -> KindVersion:
    """The newest version of a kind of the project."""
    kind = get_object_or_404(PortalKind.objects.select_related("project", "current"), project__slug=project, pk=pk)
    found = kind.versions.select_related("kind", "kind__project", "kind__current", "author").first()
    if found is None:
        raise Http404
    return found


def typed(posted: QueryDict, version: KindVersion) -> tuple[dict[str, Any], Given]:
    """The definition and the test instance as they stand in the form."""
    given = Given(
        _typed_under(PARAMETERS, posted),
        _typed_under(FIELDS, posted),
        posted.get("trial.event", ""),
    )
    return definition_of(posted, version.definition), given


def _typed_under(prefix: str, posted: QueryDict) -> dict[str, str]:
    """By the rest of the names; empty fields are left out."""
    return {
        key.removeprefix(prefix): value
        for key, value in posted.items()
        if key.startswith(prefix) and value and isinstance(value, str)
    }


def editor_page(
    request: HttpRequest, version: KindVersion, form: EditorForm, given: Given, *, changed: bool = False, **extra: Any
) -> HttpResponse:
    definition = without_empty_rows(form.definition)
    trial = try_out(version.kind.slug, definition, bytes(version.logo), given)
    section = str(form.definition.get("section", "events"))
    names = [f"parameters.{row['name']}" for row in definition.get("parameters", ()) if row.get("name")]
    names += [f"mappedFields.{row['name']}" for row in definition.get("mappings", ()) if row.get("name")]
    context = context_of(request, version, trial) | {
        "form": form,
        "changed": changed,
        "event": given.event or indented(dumps(starting_event(section))),
        "categories": catalog.categories(),
        "header_names": HEADER_NAMES,
        "content_types": CONTENT_TYPES,
        "suggestions": [
            *field_names([starting_event(section)]),
            "parameters",
            "mappedProperties",
            "mappedFields",
            *names,
        ],
    }
    return _unkept(render(request, "portal/editor.html", context | extra))


def context_of(request: HttpRequest, version: KindVersion, trial: Trial) -> dict[str, Any]:
    kind, shown = version.kind, trial.kind
    return {
        "project": kind.project,
        "kind": kind,
        "version": version,
        "trial": trial,
        "shown": shown,
        "todo": to_mend(trial.problems),
        "description": mark_safe(as_html(shown.description)) if shown else "",  # noqa: S308 - only its own list of tags
        "reviews": may_review(signed_in(request), version),
    }


def _saved(request: HttpRequest, version: KindVersion, definition: dict[str, Any], given: Given) -> HttpResponse:
    problems, logo = [], None
    if upload := request.FILES.get("logo"):
        try:
            logo = checked_logo(upload.read())
        except BadLogo as error:
            problems.append(Problem(("logo",), str(error), error.line))
    elif "drop_logo" in request.POST:
        logo = b""
    if problems:
        return editor_page(request, version, EditorForm(definition, problems), given, changed=True)
    try:
        drafts.keep(version, definition, given, logo, signed_in(request))
    except drafts.NotOpen as error:
        return toast(request, redirect(version.kind), str(error), "bad")
    trial = try_out(version.kind.slug, definition, bytes(version.logo), given)
    if not trial.problems:
        return toast(request, redirect(version.kind), "Saved.")
    return editor_page(request, version, EditorForm(definition, trial.problems), given, saved=True)


def _unkept(response: HttpResponse) -> HttpResponse:
    """A typed secret stands in the page again."""
    response["Cache-Control"] = "no-store"
    return response
