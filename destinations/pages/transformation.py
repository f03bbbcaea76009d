"""The Transformation tab: what is made of events before filter and payload see them, tried on one and on many."""

import json
from collections.abc import Iterator
from copy import copy
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from destinations import catalog
from destinations.editor import editor
from destinations.models import Destination, Language, TransformationVersion
from destinations.pages.tab_form import Shown, TabForm, destination_of
from destinations.pages.versions import asks_for_versions, listed_versions
from destinations.property_paths import recent_paths
from destinations.samples import PASTED, BadSample, Chosen, chosen_sample, completions, offered_samples
from destinations.specification import Specification
from destinations.step_forms import Steps
from destinations.transformations.trying import Tried, try_on_many, try_on_one
from destinations.versions import version_of
from events.checking import Problem
from events.fragments import apart, htmx_of
from events.models import Event
from events.signed_in import signed_in
from events.toasts import toast

NONE, STEPS = "none", "steps"
KINDS = ((NONE, "None"), (STEPS, "Steps"), *((one.value, one.label) for one in Language))


class TransformationForm(TabForm):
    FIELD_OF = {"transformation.template": "template", "transformation.language": "body", "transformation": "body"}

    body = forms.CharField(label="Transformation", widget=forms.RadioSelect(choices=KINDS))
    template = forms.CharField(
        label="Transformation template", required=False, strip=False, widget=editor("Transformation template")
    )
    event_controls = forms.BooleanField(label="Events may choose headers and path", required=False)

    def __init__(
        self, destination: Destination, data: QueryDict | None = None, version: TransformationVersion | None = None
    ) -> None:
        """`version`: one to show as if it had been typed; nothing is saved."""
        self.version = version
        self.kept: dict[str, Any] = (version or destination).transformation
        super().__init__(destination, data)
        kind = catalog.of(destination)
        self.of_messages = kind is not None and kind.sends_messages
        self.steps = Steps(self.kept.get("steps", []), data)

    def stored(self) -> dict[str, object]:
        body = STEPS if "steps" in self.kept else self.kept.get("language", NONE)
        template = self.kept.get("template", "")
        return {"body": body, "template": template, "event_controls": self.destination.event_controls}

    def changes(self) -> Specification:
        """As typed or as stored: the preview asks before the form is checked."""
        changes: Specification = {"transformation": self._transformation()}
        return changes | ({"event_controls": bool(self["event_controls"].value())} if self.of_messages else {})

    def _transformation(self) -> dict[str, Any]:
        body = self["body"].value()
        if body == STEPS:
            steps = self.steps.specification()
            return {"steps": steps} if steps else {}
        if body not in Language.values:
            return {}
        return {"language": body, "template": (self["template"].value() or "").replace("\r\n", "\n")}

    def draft(self) -> Destination:
        """The destination with the transformation as it stands in the form; not to be saved."""
        found = self.destination
        given = self._transformation()
        return Destination(
            project=found.project,
            kind=found.kind,
            kind_version_id=found.kind_version_id,
            filter=found.filter,
            transformation=given if given.get("steps") or (given.get("template") or "").strip() else {},
        )

    def show(self, problem: Problem) -> None:
        head, _, rest = problem.field.removeprefix("transformation.").partition(".")
        if head == "steps":
            return self.steps.show(problem.message, *(int(one) if one.isdecimal() else one for one in rest.split(".")))
        return super().show(problem)

    def field_problems(self) -> Iterator[Shown]:
        yield from super().field_problems()
        yield from (Shown(*problem) for problem in self.steps.problems())

    @property
    def paths(self) -> list[str]:
        """Properties that steps may name."""
        return [] if self.of_messages else recent_paths(self.destination.project)


def destination_transformation(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`?sample=`: which event to show, as the picker names it. `?version=`: the number of a version to take up again,
    unsaved. `?compare=`: the number of a version to hold against the one in use."""
    found = destination_of(project, pk)
    if request.method == "POST":
        form = TransformationForm(found, request.POST)
        if form.save(signed_in(request)):
            return toast(request, redirect("destination_transformation", project, pk), "Saved.")
    elif asks_for_versions(request):
        return apart(render(request, "destinations/versions.html", _versions(request, found)))
    else:
        version = version_of(found.transformation_versions.all(), request.GET.get("version", ""))
        form = TransformationForm(found, version=version)
    return apart(_page(request, form))


@require_POST
def destination_transformation_preview(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """What the form makes of the chosen event, and of the newest ones. Answers 200 for a wrong template too: that is
    what it shows."""
    form = TransformationForm(destination_of(project, pk), request.POST)
    sample = request.POST.get("sample", "")
    try:
        chosen = _chosen(form, sample, request.POST.get("sample_json", ""))
    except BadSample as error:
        return render(request, "destinations/transformation_preview.html", {"sample_error": error})
    shown = _tried(form, chosen)
    context = _context(form) | {"tried": shown, "counts": _counts(form), "sample": chosen, "swap": sample != PASTED}
    response = render(request, "destinations/transformation_preview.html", context)
    response["HX-Trigger-After-Swap"] = json.dumps({"sh:annotations": {"items": shown.annotations}})
    return response


@require_POST
def destination_transformation_steps(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The steps with a row more, less or elsewhere (`do`): in place, or without scripts as the whole page."""
    form = TransformationForm(destination_of(project, pk), request.POST)
    form.steps.change(request.POST.get("do", ""))
    if not htmx_of(request):
        return _page(request, form)
    response = render(request, "destinations/steps.html", _context(form) | {"steps": form.steps})
    return trigger_client_event(response, "sh:rows", after="settle")


def _page(request: HttpRequest, form: TransformationForm) -> HttpResponse:
    events, chosen = offered_samples(_before_it(form.destination), request.GET.get("sample", ""))
    shown = _tried(form, chosen)
    context = {
        "events": events,
        "sample": chosen,
        "offered_as": "Recent events",
        "suggestions": completions(form.destination, events),
        "tried": shown,
        "counts": _counts(form),
        **_versions(request, form.destination),
    }
    return render(request, "destinations/transformation.html", _context(form) | context)


def _versions(request: HttpRequest, destination: Destination) -> dict[str, Any]:
    here = reverse("destination_transformation", args=[destination.project.slug, destination.pk])
    return listed_versions(request, destination.transformation_versions.all(), here)


def _before_it(destination: Destination) -> Destination:
    """The destination as events meet it before the transformation, which may drop and rename them."""
    shadow = copy(destination)
    topics = destination.filter.get("topics")
    shadow.transformation, shadow.filter = {}, {"topics": topics} if topics else {}
    return shadow


def _context(form: TransformationForm) -> dict[str, Any]:
    found = form.destination
    url = reverse("destination_transformation_steps", args=[found.project.slug, found.pk])
    return {"project": found.project, "destination": found, "form": form, "steps_url": url}


def _chosen(form: TransformationForm, value: str, pasted: str) -> Chosen:
    """Of a kind that sends messages, what is pasted is a message. Raises BadSample."""
    chosen = chosen_sample(form.destination, value, pasted)
    if value == PASTED and form.of_messages and "event_type" not in chosen.data:
        return Chosen(PASTED, {"event_type": str(chosen.data.get("event", ""))}, chosen.data)
    return chosen


def _tried(form: TransformationForm, chosen: Chosen) -> Tried:
    key = int(chosen.value) if chosen.value.isdecimal() else None
    topic = Event.objects.filter(pk=key).values_list("topic", flat=True).first() if key else None
    return try_on_one(form.draft(), topic or "event.track", chosen.data, chosen.came_as)


def _counts(form: TransformationForm) -> list[tuple[str, int, str]]:
    """(word, number, tone) of how the newest events come out; the first is how many they are."""
    found = try_on_many(form.draft())
    rows = [
        ("Tried", "events", ""),
        ("Sent", "sent", ""),
        ("Made into several", "several", ""),
        ("Dropped", "dropped", ""),
        ("Refused by the filter", "refused", ""),
        ("Failed", "failed", "sh-bad" if found["failed"] else ""),
    ]
    return [(word, found[key], tone) for word, key, tone in rows]
