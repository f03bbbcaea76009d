"""Stored secrets, for admins who say once more who they are. Each look is written down, and no browser keeps it."""

from collections.abc import Callable

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from delivery.hooks.secrets import secrets_of as secrets_of_webhooks
from delivery.models import Channel
from destinations.pages.tab_form import destination_of
from destinations.revealing import Revealed, secrets_in
from destinations.secrets import SecretUnreadable, readable
from events import audit
from events.models import Project
from events.proof import is_proven, note_proof
from streamhub.pages.second_factor_forms import ProofForm

LOOKED = "looked at the secrets of"


@require_http_methods(["GET", "HEAD", "POST"])
def destination_secrets(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    back = reverse("destination_security", args=[project, pk])
    return _page(request, found.project, found, back, lambda: secrets_in(found))


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_secrets(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)

    def stored() -> list[Revealed]:
        labels = ("Webhook secret", "Old webhook secret")
        return [Revealed(labels[bool(n)], one["value"]) for n, one in enumerate(secrets_of_webhooks(found))]

    return _page(request, found, found, reverse("webhooks", args=[project]), stored)


@require_http_methods(["GET", "HEAD", "POST"])
def alert_channel_secrets(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Channel.objects.select_related("project"), project__slug=project, pk=pk)
    back = reverse("alert_channel", args=[project, pk])
    return _page(request, found.project, found, back, lambda: [Revealed("Address", readable(found.address))])


def _page(
    request: HttpRequest, project: Project, of: Model, back: str, stored: Callable[[], list[Revealed]]
) -> HttpResponse:
    """Opened, it asks; sent, by somebody who is known to be there, it shows."""
    form = ProofForm(request.POST or None, request=request) if not is_proven(request) else None
    context: dict[str, object] = {"project": project, "of": of, "back": back, "form": form}
    if request.method == "POST" and (form is None or form.is_valid()):
        note_proof(request)
        context["form"] = None
        try:
            context["secrets"] = stored()
        except SecretUnreadable as error:
            context["unreadable"] = str(error)
        else:
            audit.record(LOOKED, of)
    response = render(request, "secrets.html", context)
    response["Cache-Control"] = "no-store"
    return response
