"""The annotations of a project: the list, and the form that charts open as well."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from events.annotations.forms import AnnotationForm
from events.annotations.models import Annotation
from events.annotations.rules import delete_annotation
from events.fragments import asks_for_part, htmx_of
from events.models import Project
from events.query import number, page_link
from events.toasts import toast

ROWS = 50


def annotations(request: HttpRequest, project: str) -> HttpResponse:
    """`category`: only those of it. `before`: the place in the list."""
    found = get_object_or_404(Project, slug=project)
    rows = Annotation.objects.filter(project=found).select_related("category")
    category = number(request, "category")
    if category is not None:
        rows = rows.filter(category=category)
    skipped = min(number(request, "before") or 0, 1_000_000)
    shown = list(rows[skipped : skipped + ROWS + 1])
    context = {
        "project": found,
        "rows": shown[:ROWS],
        "categories": found.annotation_categories.all(),
        "category": category,
        "newer": page_link(request, before=max(0, skipped - ROWS)) if skipped else "",
        "older": page_link(request, before=skipped + ROWS) if len(shown) > ROWS else "",
    }
    return render(request, "annotations/list.html", context)


def annotation_new(request: HttpRequest, project: str) -> HttpResponse:
    """`start`: when, as ISO 8601. `next`: the page to come back to. For htmx, alone, for a dialog; with `stays`, the
    page around it is not left, as something is being written there, and hears of it by the event `annotated`."""
    found = get_object_or_404(Project, slug=project)
    start = _moment(request.GET.get("start", ""))
    form = AnnotationForm(request.POST or None, project=found, initial={"start": start} if start else None)
    if request.method == "POST" and form.is_valid() and (made := form.save()):
        stays = htmx_of(request) and _stays(request)
        # The dialog closes before the toast comes: it would be shown in there.
        answer = trigger_client_event(HttpResponse(status=204), "annotated") if stays else redirect(_way_back(request))
        return toast(request, answer, f"{made.label} was annotated.")
    return _form(request, found, form)


def annotation(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Annotation.objects.select_related("project", "category"), project__slug=project, pk=pk)
    form = AnnotationForm(request.POST or None, project=found.project, annotation=found)
    if request.method == "POST" and form.is_valid() and form.save():
        return toast(request, redirect(_way_back(request)), f"{found.label} was saved.")
    return _form(request, found.project, form)


@require_POST
def annotation_delete(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Annotation.objects.select_related("category"), project__slug=project, pk=pk)
    delete_annotation(found)
    return toast(request, redirect("annotations", project), f"{found.label} was deleted.")


def _form(request: HttpRequest, project: Project, form: AnnotationForm) -> HttpResponse:
    context: dict[str, Any] = {"project": project, "form": form, "next": _way_back(request), "stays": _stays(request)}
    alone = asks_for_part(request)
    response = render(request, "annotations/dialog.html" if alone else "annotations/edit.html", context)
    response["Vary"] = "HX-Request"
    return response


def _stays(request: HttpRequest) -> bool:
    return "stays" in request.GET or "stays" in request.POST


def _way_back(request: HttpRequest) -> str:
    """A page of this hub, the list unless one is named."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure()):
        return wanted
    assert request.resolver_match
    return reverse("annotations", args=[request.resolver_match.kwargs["project"]])


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
