"""What is known of users: a list to search, and a page for each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from cohorts.models import Cohort, Member, user_id_of
from events.jsontext import dumps
from events.models import Event, Profile, Project
from events.query import page_link

ROWS = 50
EVENTS = 25


def profiles(request: HttpRequest, project: str) -> HttpResponse:
    """`q`: the beginning of a user or device id. `user`: an identity, whose page is shown instead."""
    found = get_object_or_404(Project, slug=project)
    if identity := request.GET.get("user", ""):
        return _profile(request, found, identity)
    query, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    rows = Profile.objects.filter(project=found).order_by("identity")
    if query:
        rows = rows.filter(identity__startswith=f"u:{query}") | rows.filter(identity__startswith=f"d:{query}")
    shown = list((rows.filter(identity__gt=after) if after else rows)[: ROWS + 1])
    context = {
        "project": found,
        "rows": shown[:ROWS],
        "query": query,
        "more": page_link(request, after=shown[ROWS - 1].identity) if len(shown) > ROWS else "",
        "first": reverse("profiles", args=[project]) if after else "",
    }
    return render(request, "cohorts/profiles.html", context)


def _profile(request: HttpRequest, project: Project, identity: str) -> HttpResponse:
    """Also for somebody on a list of whom no event has come: then there is nothing but the cohorts."""
    profile = Profile.objects.filter(project=project, identity=identity).first()
    cohorts = list(Cohort.objects.filter(project=project, pk__in=_cohorts_of(project, identity)))
    user = user_id_of(identity)
    events = Event.objects.filter(project=project).order_by("-pk")
    newest = list(events.filter(user_id=user)[:EVENTS]) if user else []
    if profile is None and not cohorts and not newest:
        raise Http404
    context = {
        "project": project,
        "identity": identity,
        "profile": profile,
        "properties": dumps(profile.properties) if profile else "",
        "groups": dumps(profile.groups) if profile and profile.groups else "",
        "cohorts": cohorts,
        "events": newest,
    }
    return render(request, "cohorts/profile.html", context)


def _cohorts_of(project: Project, identity: str) -> list[int]:
    own = list(Cohort.objects.filter(project=project).values_list("pk", flat=True))
    return list(Member.objects.filter(cohort__in=own, identity=identity).values_list("cohort_id", flat=True))
