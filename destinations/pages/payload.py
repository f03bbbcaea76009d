"""The Payload tab: the template, and what it makes of an event before anything is sent."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from destinations.editor import editor
from destinations.models import Destination, Language, PayloadMode
from destinations.pages.tab_form import TabForm, destination_of
from destinations.preview import preview
from destinations.samples import BUILT_IN, BUILT_IN_DATA, field_names, offered_samples, sample_data
from destinations.specification import Specification
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

    body = forms.CharField(label="Body", widget=forms.RadioSelect(choices=BODIES))
    template = forms.CharField(label="Payload template", required=False, strip=False, widget=editor())

    def stored(self) -> dict[str, object]:
        raw = self.destination.payload_mode == PayloadMode.RAW
        body = PayloadMode.RAW.value if raw else self.destination.language
        return {"body": body, "template": self.destination.template}

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
            payload_mode=payload["mode"],
            language=payload["language"],
            template=payload["template"],
        )


def destination_payload(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`?sample=`: the id of the event to show."""
    found = destination_of(project, pk)
    form = PayloadForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_payload", project, pk), "Saved.")
    events, sample = offered_samples(found.project, request.GET.get("sample", ""))
    context = {
        "project": found.project,
        "destination": found,
        "form": form,
        "events": events,
        "sample": sample,
        "suggestions": field_names([BUILT_IN_DATA, *(event.data for event in events)]),
        **_previewed(form, sample),
    }
    return render(request, "destinations/payload.html", context)


@require_POST
def destination_preview(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The body as the template in the form makes it. Answers 200 for a wrong template too: that is what it shows."""
    form = PayloadForm(destination_of(project, pk), request.POST)
    context = _previewed(form, request.POST.get("sample", BUILT_IN))
    response = render(request, "destinations/preview.html", context)
    marks = {"sh:annotations": {"items": context["preview"].annotations}}
    response["HX-Trigger-After-Swap"] = json.dumps(marks)
    return response


def _previewed(form: PayloadForm, sample: str) -> dict[str, Any]:
    data = sample_data(form.destination.project, sample)
    return {"preview": preview(form.draft(), data), "sample_data": data}
