"""The first page of a project: three steps to begin with, and once something was delivered, how it is going."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from delivery import summary
from delivery.chosen_range import CHOICES, chosen_range
from events.fragments import asks_for_part
from events.membership import may_create_projects, projects_of
from events.models import Event, Project
from streamhub.first_steps import first_steps


def home(request: HttpRequest) -> HttpResponse:
    """Leads to the first project of one's own that has events, else to the first of one's own, else to the demo."""
    projects = sorted(projects_of(request.user), key=lambda project: project.is_demo)
    if not projects:
        return redirect("project_new") if may_create_projects(request.user) else _without_projects(request)
    own = [project for project in projects if not project.is_demo] or projects
    used = (project for project in own if Event.objects.filter(project=project).exists())
    return redirect(next(used, own[0]))


def _without_projects(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/none.html")


def overview(request: HttpRequest, project: str) -> HttpResponse:
    """The page, or for its poll only the part of it that changes. `range`: 1h, 24h or 7d."""
    found = get_object_or_404(Project, slug=project)
    polling = asks_for_part(request)
    if not summary.has_deliveries(found) or (polling and "step" in request.GET):
        response = _first_steps(request, found, polling)
    else:
        page = "overview/overview_live.html" if polling else "overview/overview.html"
        chosen = chosen_range(request.GET)
        context = {"project": found, "choices": CHOICES, "chosen": chosen, "lately": summary.lately(found, chosen)}
        response = render(request, page, context)
    response["Vary"] = "HX-Request"
    return response


def _first_steps(request: HttpRequest, project: Project, polling: bool) -> HttpResponse:
    """Nothing (204) for a poll that knows the present state already."""
    first = first_steps(request, project)
    if polling and request.GET.get("step") == str(first.current) and ("failing" in request.GET) == first.failing:
        return HttpResponse(status=204)
    page = "overview/first_steps_live.html" if polling else "overview/first_steps.html"
    return render(request, page, {"project": project, "first": first})
