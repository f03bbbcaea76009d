"""The lists of cohorts and of their syncs."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from cohorts.models import Cohort, Run, Sync
from cohorts.pages.finding import PRESENT
from events.models import Project
from events.query import page_link

ROWS = 50


@dataclass(frozen=True, slots=True)
class Linked:
    """A sync and its newest run."""

    sync: Sync
    run: Run | None


def cohorts(request: HttpRequest, project: str) -> HttpResponse:
    """By name; `after` is the name that the page before ended with."""
    found = get_object_or_404(Project, slug=project)
    rows = Cohort.objects.filter(project=found).order_by("name")
    query, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    if query:
        rows = rows.filter(name__icontains=query)
    shown = list((rows.filter(name__gt=after) if after else rows)[: ROWS + 1])
    linked = linked_syncs(Sync.objects.filter(cohort__in=shown[:ROWS]))
    context = {
        "project": found,
        "rows": [(one, [pair for pair in linked if pair.sync.cohort_id == one.pk]) for one in shown[:ROWS]],
        "query": query,
        "next": page_link(request, after=shown[ROWS - 1].name) if len(shown) > ROWS else "",
        "first": reverse("cohorts", args=[project]) if after else "",
    }
    return render(request, "cohorts/list.html", context)


def cohort_syncs(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    syncs = Sync.objects.filter(cohort__project=found).order_by("cohort__name", "pk")
    return render(request, "cohorts/syncs.html", {"project": found, "rows": linked_syncs(syncs)})


def linked_syncs(syncs: QuerySet[Sync]) -> list[Linked]:
    """Each of a queryset's syncs with its newest run, in two queries."""
    newest = Run.objects.filter(sync=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = list(
        syncs.filter(**PRESENT).select_related("cohort__project", "destination").annotate(newest=Subquery(newest))
    )
    runs = Run.objects.in_bulk([sync.newest for sync in rows if sync.newest])
    return [Linked(sync, runs.get(sync.newest)) for sync in rows]
