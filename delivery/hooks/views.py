"""Incoming webhooks: the address, the secrets, what came and what was refused, and samples to send."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from delivery.hooks import journal
from delivery.hooks.samples import send_audited_sample
from delivery.hooks.secrets import end_secret, rotate, shown_secrets
from destinations.secrets import SecretUnreadable
from destinations.signing_rules import OVERLAP_HOURS
from destinations.signing_secrets import CannotRotate
from destinations.topic_names import TOPIC_NAMES
from events.dialects.amplitude_webhooks import TYPES
from events.fragments import htmx_of
from events.models import Event, Project
from events.toasts import toast

SHOWN = 50


def webhooks(request: HttpRequest, project: str) -> HttpResponse:
    """A POST's `act`: send a `sample`, `rotate` or `end` a secret. For its poll only the list."""
    found = get_object_or_404(Project, slug=project)
    if request.method == "POST":
        act = {"sample": _sample, "rotate": _rotate, "end": _end}.get(request.POST.get("act", ""))
        return act(request, found) if act else _page(request, found, refusal="There is no such thing to do here.")
    if htmx_of(request):
        total, entries = journal.newest(found.pk, SHOWN)
        if request.GET.get("after") == str(total):
            return HttpResponse(status=204)
        return render(request, "webhooks/list.html", {"project": found, **_listed(found, total, entries)})
    return _page(request, found)


def _sample(request: HttpRequest, project: Project) -> HttpResponse:
    topic = request.POST.get("type", "")
    if topic not in TYPES:
        return _page(request, project, refusal="There is no sample of that type.")
    try:
        sent = send_audited_sample(project, topic, address_of(request, project))
    except SecretUnreadable as error:
        return _page(request, project, refusal=_sentence(error))
    return _page(request, project, sent=sent)


def _rotate(request: HttpRequest, project: Project) -> HttpResponse:
    typed = request.POST.get("new_secret", "")
    try:
        value = rotate(project, typed, _hours(request.POST.get("hours", "")))
    except (CannotRotate, SecretUnreadable) as error:
        return _page(request, project, refusal=_sentence(error))
    if not typed.strip():
        return _page(request, project, made=value)
    return toast(request, redirect("webhooks", project.slug), "The new secret counts from now on.")


def _end(request: HttpRequest, project: Project) -> HttpResponse:
    end_secret(project, request.POST.get("name", ""))
    return toast(request, redirect("webhooks", project.slug), "The secret counts no more.")


def _page(request: HttpRequest, project: Project, **more: Any) -> HttpResponse:
    default, least, most = OVERLAP_HOURS
    context: dict[str, Any] = {
        "project": project,
        "address": address_of(request, project),
        "types": [(topic, TOPIC_NAMES[topic]) for topic in TYPES],
        "overlap": default,
        "least_overlap": least,
        "most_overlap": most,
        **_listed(project, *journal.newest(project.pk, SHOWN)),
        **more,
    }
    try:
        context["secrets"] = shown_secrets(project)
    except SecretUnreadable as error:
        context["unreadable"] = _sentence(error)
    response = render(request, "webhooks/page.html", context)
    response["Vary"] = "HX-Request"
    if "made" in more:
        response["Cache-Control"] = "no-store"
    return response


def _listed(project: Project, total: int, entries: list[journal.Entry]) -> dict[str, Any]:
    """Each entry with its event, as far as that is there."""
    uuids = {entry.uuid for entry in entries if entry.uuid}
    found = Event.objects.filter(project=project, uuid__in=uuids).values_list("uuid", "pk")
    events = {str(uuid): pk for uuid, pk in found}
    return {"total": total, "kept": journal.KEPT, "entries": [(entry, events.get(entry.uuid)) for entry in entries]}


def address_of(request: HttpRequest, project: Project) -> str:
    """What others call it."""
    return request.build_absolute_uri(reverse("hooks", args=[project.api_key]))


def _hours(text: str) -> float:
    try:
        return float(text or OVERLAP_HOURS[0])
    except ValueError:
        return -1.0


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
