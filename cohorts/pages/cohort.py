"""A cohort's page: what it means, how large it was, who is in it, who came and went, and where it goes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from cohorts.definition_words import in_words
from cohorts.farewell import InUse, delete_cohort, leave_and_delete
from cohorts.models import Change, Cohort, Computation, Kind, Member
from cohorts.on_demand import CannotAsk, compute_by_hand
from cohorts.pages.cohorts import linked_syncs
from cohorts.pages.finding import cohort_of
from cohorts.specification import users_of
from delivery.line_plots import LinePlot, Reading, lines
from delivery.plots import Series
from events.query import number, page_link
from events.toasts import toast

MEMBERS = 60
CHANGES = 100
PLOTTED = 60  # newest computations
LISTED = 8


@dataclass(frozen=True, slots=True)
class Members:
    """One page of a cohort's members. `after`: the identity that the next page begins behind."""

    identities: list[str]
    after: str


def cohort(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    """`q`: the beginning of a user id. `after`: where the page of members begins. `asked`: the newest computation when
    another one was asked for."""
    found = cohort_of(project, cohort)
    computations = list(found.computations.all()[:PLOTTED])
    query = request.GET.get("q", "").strip()
    members = members_of(found, query, request.GET.get("after", ""))
    context = {
        "project": found.project,
        "cohort": found,
        "said": _said(found),
        "computations": computations[:LISTED],
        "failed": next(iter(computations[:1]), None),
        "plot": size_plot(computations),
        "members": members,
        "more": page_link(request, after=members.after) if members.after else "",
        "first": page_link(request) if request.GET.get("after") else "",
        "query": query,
        "syncs": linked_syncs(found.syncs.all()),
        "users": users_of(found),
        "poll": 2_000 if _awaits(request, found, computations) else 0,
    }
    return render(request, "cohorts/cohort.html", context)


def members_of(cohort: Cohort, prefix: str = "", after: str = "") -> Members:
    """In the database's own order of identities; `prefix`: what the user or device id begins with."""
    rows: QuerySet[Member] = Member.objects.filter(cohort=cohort).order_by("identity")
    if prefix:
        rows = rows.filter(identity__startswith=f"u:{prefix}") | rows.filter(identity__startswith=f"d:{prefix}")
    if after:
        rows = rows.filter(identity__gt=after)
    found = list(rows.values_list("identity", flat=True)[: MEMBERS + 1])
    return Members(found[:MEMBERS], found[MEMBERS - 1] if len(found) > MEMBERS else "")


def size_plot(computations: list[Computation]) -> LinePlot | None:
    """`computations`: newest first. None where there is nothing to compare."""
    done = [one for one in reversed(computations) if one.state == Computation.State.DONE]
    if len(done) < 2:
        return None
    readings = [
        Reading(f"{one.started_at:%b} {one.started_at.day}, {one.started_at:%H:%M}", [one.size]) for one in done
    ]
    sentence = f"Users over the last {len(done)} computations: from {done[0].size:,} to {done[-1].size:,}."
    every = max(1, len(done) // 5)
    series, edges = [Series("Users", "info")], [*(one.started_at for one in done), now()]
    return lines("Computed", series, readings, sentence, measure="users", label_every=every, edges=edges)


def _said(cohort: Cohort) -> Any:
    if cohort.kind == Kind.LISTED:
        return None
    names = dict(Cohort.objects.filter(project=cohort.project_id).values_list("public_id", "name"))
    return in_words(cohort.definition, names)


def _awaits(request: HttpRequest, cohort: Cohort, computations: list[Computation]) -> bool:
    """Whether a computation is going on, or was asked for and has not begun."""
    if cohort.is_leaving or (cohort.busy_until and cohort.busy_until > now()):
        return True
    newest = computations[0].pk if computations else 0
    asked = number(request, "asked")
    return cohort.kind == Kind.DEFINED and (not newest or (asked is not None and newest <= asked))


def cohort_changes(request: HttpRequest, project: str, cohort: str, computation: int) -> HttpResponse:
    """Who entered and who left in one computation; the first of them."""
    found = cohort_of(project, cohort)
    chosen = get_object_or_404(found.computations, pk=computation)
    changes = Change.objects.filter(cohort=found, computation=chosen).order_by("pk")
    directions = [
        (title, count, list(changes.filter(entered=entered).values_list("identity", flat=True)[:CHANGES]))
        for title, count, entered in (("Entered", chosen.entered, True), ("Left", chosen.left, False))
    ]
    context = {"project": found.project, "cohort": found, "computation": chosen, "directions": directions}
    return render(request, "cohorts/changes.html", context)


@require_POST
def cohort_compute(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    found = cohort_of(project, cohort)
    newest = found.computations.values_list("pk", flat=True).first() or 0
    try:
        compute_by_hand(found)
    except CannotAsk as error:
        return toast(request, redirect(found), str(error), "info")
    return toast(request, redirect(f"{found.get_absolute_url()}?asked={newest}"), "Computing.", "info")


@require_POST
def cohort_delete(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    """`leavers`: receivers are told first that everybody leaves."""
    found = cohort_of(project, cohort)
    if request.POST.get("expect", "").strip() != found.name:
        return toast(request, redirect(found), "Nothing was deleted: the name typed is another one.", "bad")
    try:
        if request.POST.get("leavers") and leave_and_delete(found):
            words = f"{found.name} is deleted once its receivers know that everybody left."
            return toast(request, redirect(found), words, "info")
        if not request.POST.get("leavers"):
            delete_cohort(found)
    except InUse as error:
        return toast(request, redirect(found), f"Nothing was deleted: {error}", "bad")
    return toast(request, redirect("cohorts", project), f"{found.name} was deleted.")
