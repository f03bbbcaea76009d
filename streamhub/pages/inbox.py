"""What arrived at the built-in inbox."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from delivery import inbox
from events.fragments import htmx_of
from events.models import Project
from events.toasts import toast

SHOWN = 50


def page(request: HttpRequest, project: str) -> HttpResponse:
    """The newest requests; for its poll only the list."""
    found = get_object_or_404(Project, slug=project)
    total, received = inbox.newest(found.inbox_token, SHOWN)
    if htmx_of(request) and request.GET.get("after") == str(total):
        return HttpResponse(status=204)
    context = {
        "project": found,
        "total": total,
        "received": received,
        "kept": inbox.KEPT_REQUESTS,
        "address": request.build_absolute_uri(reverse("inbox", args=[found.inbox_token])),
    }
    response = render(request, "inbox/requests.html" if htmx_of(request) else "inbox/page.html", context)
    response["Vary"] = "HX-Request"
    return response


@require_POST
def clear(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    inbox.clear(found.inbox_token)
    return toast(request, redirect("inbox_page", found.slug), "Inbox cleared.")
