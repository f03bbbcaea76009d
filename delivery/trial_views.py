"""The Test tab: the request for one event as a curl command, and one real request with its answer."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from delivery.advice import Advice, advice
from delivery.trial_limit import MOST, may_send
from delivery.trial_request import CannotSend, TrialRequest, trial_request
from delivery.trial_send import Answer, send
from destinations import catalog
from destinations.kind_parameters import parameters_of
from destinations.models import Destination, PayloadMode
from destinations.payloads import TemplateError
from destinations.samples import Chosen, offered_samples
from destinations.secrets import SecretUnreadable
from destinations.template_reads import Read, template_reads
from destinations.transformations.wanting import wanting_of
from events import audit
from events.fragments import asks_for_part, htmx_of
from events.models import Event
from events.proof import is_proven
from events.signed_in import signed_in

OTHERS = 2  # events beside the chosen one in a batch


@dataclass(frozen=True, slots=True)
class Problem:
    """Why no request can be made, and what to do about it."""

    words: str
    advice: Advice | None
    in_template: bool


def destination_test(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`sample`: which event to send, as in destinations/samples.py. A POST's `act`: send, secrets, or nothing to choose
    the sample without scripts. Secrets are for those who said a moment ago who they are."""
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    act, given = request.POST.get("act", ""), request.POST or request.GET
    if request.method == "POST" and act not in ("send", "secrets"):
        query = urlencode({"sample": given.get("sample", "")})
        return redirect(f"{reverse('destination_test', args=[project, pk])}?{query}")
    if act == "secrets" and not is_proven(request):
        to_prove = reverse("destination_secrets", args=[project, pk])
        return HttpResponseClientRedirect(to_prove) if htmx_of(request) else redirect(to_prove)
    context = _about(found, given.get("sample", ""))
    trial: TrialRequest | None = context["trial"]
    if act == "secrets":
        audit.record("looked at the secrets of", found)
    if act == "send" and trial:
        context |= _sent(request, found, trial)
    context |= {"command": trial and trial.command(with_secrets=act == "secrets"), "shows_secrets": act == "secrets"}
    response = render(request, _template(request, act), context)
    response["Vary"] = "HX-Request"
    if act == "secrets":
        response["Cache-Control"] = "no-store"
    return response


def _template(request: HttpRequest, act: str) -> str:
    if not asks_for_part(request):
        return "delivery/test.html"
    return "delivery/test_answer.html" if act == "send" else "delivery/test_input.html"


def _about(destination: Destination, chosen: str) -> dict[str, Any]:
    wanting = wanting_of(destination)
    events, sample = offered_samples(destination, chosen)
    data = sample.data
    event = next((event for event in events if str(event.pk) == sample.value), None)
    topic = event.topic if event else "event.track"
    trial, problem = _trial(destination, sample, [one for one in events if one != event][:OTHERS])
    return {
        "project": destination.project,
        "destination": destination,
        "events": events,
        "sample": sample,
        "event": event,
        "trial": trial,
        "problem": problem,
        "refusal": wanting.refusal(topic, str(data.get("event_type", "")), data, sample.came_as),
        "reads": _reads(destination, data),
    }


def _trial(destination: Destination, sample: Chosen, others: list[Event]) -> tuple[TrialRequest | None, Problem | None]:
    try:
        return trial_request(destination, sample.data, sample.came_as, [(e.data, e.message) for e in others]), None
    except CannotSend as error:
        what_to_do = advice(None, error.kind) if error.kind != "bad_request" else None
        return None, Problem(str(error), what_to_do, in_template=error.kind == "template")


def _reads(destination: Destination, data: dict[str, Any]) -> list[Read]:
    if destination.payload_mode == PayloadMode.RAW:
        return []
    try:
        kind, parameters = catalog.of(destination), parameters_of(destination)
        return template_reads(destination.language, destination.template, data, destination.mappings, kind, parameters)
    except (TemplateError, SecretUnreadable):
        return []  # the problem above says it


def _sent(request: HttpRequest, destination: Destination, trial: TrialRequest) -> dict[str, Answer | str]:
    if not may_send(signed_in(request).pk):
        return {"refused": f"That would be more than {MOST} tests within a minute. Wait a moment, then send again."}
    audit.record("sent a test to", destination)
    return {"answer": send(trial)}
