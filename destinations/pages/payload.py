"""The Payload tab: the template, and what it makes of an event before anything is sent."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from destinations import catalog
from destinations.editor import editor
from destinations.models import Destination, Language, PayloadMode, TemplateVersion
from destinations.pages.tab_form import TabForm, destination_of
from destinations.pages.versions import asks_for_versions, listed_versions
from destinations.passing import passing_events
from destinations.payload_presets import COHORT_PRESETS, Preset, preset_of
from destinations.payloads import Payload, TemplateError, compile_payload
from destinations.preview import preview
from destinations.sample_batches import takes_batches
from destinations.samples import (
    BUILT_IN,
    PASTED,
    SAVED,
    BadSample,
    Chosen,
    chosen_sample,
    completions,
    drop_sample,
    keep_sample,
    offered_samples,
)
from destinations.specification import Specification
from destinations.trial import MOST_EVENTS, try_on
from destinations.versions import version_of
from events.fragments import apart, htmx_of
from events.signed_in import signed_in
from events.toasts import toast

BODIES = (
    (Language.FREEMARKER.value, Language.FREEMARKER.label),
    (Language.JINJA2.value, Language.JINJA2.label),
    (PayloadMode.RAW.value, PayloadMode.RAW.label),
)


class PayloadForm(TabForm):
    FIELD_OF = {
        "payload.mode": "body",
        "payload.language": "body",
        "payload.template": "template",
        "payload": "template",
    }

    version: TemplateVersion | None = None
    preset: Preset | None = None

    body = forms.CharField(label="Body", widget=forms.RadioSelect(choices=BODIES))
    template = forms.CharField(label="Payload template", required=False, strip=False, widget=editor())

    def stored(self) -> dict[str, object]:
        raw = self.destination.payload_mode == PayloadMode.RAW
        body = PayloadMode.RAW.value if raw else self.destination.language
        return {"body": body, "template": self.destination.template}

    def take_up(self, version: TemplateVersion | None) -> None:
        """Shows a version as if it had been typed; nothing is saved."""
        self.version = version
        if version is not None:
            raw = version.mode == PayloadMode.RAW
            self.initial["body"] = PayloadMode.RAW.value if raw else version.language
            self.initial["template"] = self.destination.template if raw else version.source

    def begin_with(self, preset: Preset | None) -> None:
        """Shows a preset as if it had been typed; nothing is saved."""
        self.preset = preset
        if preset is not None:
            self.initial.update(body=Language.FREEMARKER.value, template=preset.template)

    def changes(self) -> Specification:
        """As typed or as stored: the preview asks before the form is checked."""
        body, template = self["body"].value(), self["template"].value() or ""
        raw = body not in Language.values
        payload = {
            "mode": PayloadMode.RAW.value if raw else PayloadMode.TEMPLATE.value,
            # A template that is not in use is kept, so that one can go back to it.
            "language": self.destination.language if raw else body,
            "template": template.replace("\r\n", "\n"),
        }
        return {"payload": payload}

    def draft(self) -> Destination:
        """The payload as it stands in the form, for the preview; not to be saved."""
        payload = self.changes()["payload"]
        return Destination(
            project=self.destination.project,
            name=self.destination.name,
            kind=self.destination.kind,
            kind_version_id=self.destination.kind_version_id,
            parameters=self.destination.parameters,
            payload_mode=payload["mode"],
            language=payload["language"],
            template=payload["template"],
            mappings=self.destination.mappings,
            raw_events=self.destination.raw_events,
        )


def destination_payload(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`?sample=`: what to show, as the picker names it. `?version=`: the number of a version to take up again, unsaved.
    `?compare=`: the number of a version to hold against the one in use. `?preset=`: a template to begin with."""
    found = destination_of(project, pk)
    if request.method == "POST":
        form = PayloadForm(found, request.POST)
        if form.save(signed_in(request)):
            return toast(request, redirect("destination_payload", project, pk), "Saved.")
    elif asks_for_versions(request):
        return apart(render(request, "destinations/versions.html", _versions(request, found)))
    else:
        form = PayloadForm(found)
        form.take_up(version_of(found.template_versions.all(), request.GET.get("version", "")))
        form.begin_with(preset_of(request.GET.get("preset", "")))
    return apart(_page(request, form))


@require_POST
def destination_trial(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The template in the form, over recent events: below the editor, or without scripts as the whole page."""
    found = destination_of(project, pk)
    form = PayloadForm(found, request.POST)
    context: dict[str, object] = {}
    try:
        context["trial"] = try_on(passing_events(found, MOST_EVENTS), compile_payload(form.draft()), _in_use(found))
    except TemplateError as error:
        context["trial_error"] = error
    if htmx_of(request):
        return render(request, "destinations/trial.html", context | {"project": found.project})
    return _page(request, form, **context)


@require_POST
def destination_preview(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The request as the form makes it. Answers 200 for a wrong template too: that is what it shows, and the last good
    output stays."""
    found = destination_of(project, pk)
    form = PayloadForm(found, request.POST)
    context: dict[str, object] = {"project": found.project, "destination": found}
    try:
        chosen = chosen_sample(found, request.POST.get("sample", BUILT_IN), request.POST.get("sample_json", ""))
    except BadSample as error:
        response = render(request, "destinations/preview_note.html", context | {"sample_error": error})
        return retarget(response, "#preview-note")
    shown = preview(form.draft(), chosen.data)
    context |= {"preview": shown, "sample": chosen, "swaps_sample": _is_another(request, chosen)}
    response = render(request, f"destinations/{'preview_note' if shown.error else 'preview'}.html", context)
    response["HX-Trigger-After-Swap"] = json.dumps({"sh:annotations": {"items": shown.annotations}})
    return retarget(response, "#preview-note") if shown.error else response


@require_POST
def destination_samples(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Keeps the event in the box under a name, or with `delete` drops the chosen one. Answers with the picker."""
    found = destination_of(project, pk)
    wanted = BUILT_IN
    try:
        if "delete" in request.POST:
            drop_sample(found, request.POST.get("sample", ""))
            words = "The sample was deleted."
        else:
            kept = keep_sample(found, request.POST.get("sample_name", ""), request.POST.get("sample_json", ""))
            wanted, words = f"{SAVED}{kept.pk}", f"{kept} was saved as a sample."
    except BadSample as error:
        return toast(request, reswap(HttpResponse(), "none"), str(error), "bad")
    events, chosen = offered_samples(found, wanted)
    context = {"project": found.project, "destination": found, "events": events, "sample": chosen}
    response = render(request, "destinations/samples.html", context | {"swaps_sample": True})
    return trigger_client_event(toast(request, response, words), "sh:sample", after="settle")


def _page(request: HttpRequest, form: PayloadForm, **extra: Any) -> HttpResponse:
    found = form.destination
    events, chosen = offered_samples(found, request.GET.get("sample", ""))
    shown = preview(form.draft(), chosen.data)
    context = {
        **_versions(request, found),
        "form": form,
        "events": events,
        "sample": chosen,
        "suggestions": completions(found, events),
        "preview": shown,
        # What is in use, where the draft has nothing to show.
        "good": preview(found, chosen.data) if shown.error else shown,
        "presets": COHORT_PRESETS if takes_batches(found) and catalog.is_plain(found) else (),
    }
    return render(request, "destinations/payload.html", context | extra)


def _versions(request: HttpRequest, destination: Destination) -> dict[str, Any]:
    here = reverse("destination_payload", args=[destination.project.slug, destination.pk])
    listed = listed_versions(request, destination.template_versions.all(), here)
    return {"project": destination.project, "destination": destination, **listed}


def _in_use(destination: Destination) -> Payload | None:
    try:
        return compile_payload(destination)
    except TemplateError:
        return None


def _is_another(request: HttpRequest, chosen: Chosen) -> bool:
    """Whether the box shows another event than the chosen one."""
    return chosen.value != PASTED and chosen.value != request.POST.get("shown")
