"""Beginning a sync, changing it, its page with its runs, and what can be done with it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from cohorts.farewell import begin_farewell, remove_sync
from cohorts.models import Cadence, Cohort, Run, Sync
from cohorts.on_demand import CannotAsk, refuse_leaving, sync_by_hand, sync_soon
from cohorts.pages.cadence_form import CadenceForm, cadence_of
from cohorts.pages.finding import cohort_of, sync_of
from cohorts.progress import Progress
from cohorts.specification import (
    MOST_PROPERTIES,
    InvalidCohort,
    describe_sync,
    most_users_per_batch,
    save_sync,
)
from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.models import Destination
from destinations.pages.tab_form import Shown
from destinations.property_paths import recent_properties
from destinations.sample_batches import takes_batches
from events.checking import Problem
from events.choice_fields import choice_field
from events.models import Project
from events.query import number, page_link
from events.signed_in import signed_in
from events.toasts import toast

ROWS = 25
OFFERED = 200  # user properties to tick


class SyncForm(CadenceForm):
    """What travels along, how many users a request holds, and when; the rules are the specification's."""

    properties = forms.MultipleChoiceField(label="User properties", required=False, widget=forms.CheckboxSelectMultiple)
    more_properties = forms.CharField(
        label="Others",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Not seen yet? Type their names, one per line.",
    )
    batch_size = forms.CharField(label="Users in a request", widget=forms.NumberInput(attrs={"min": 1}))

    def __init__(
        self, cohort: Cohort, destination: Destination, sync: Sync | None = None, data: QueryDict | None = None
    ) -> None:
        most = most_users_per_batch(destination)
        chosen = sync.properties if sync else []
        stored = {"properties": chosen, "batch_size": sync.batch_size if sync else min(1_000, most)}
        super().__init__(data, initial=stored | cadence_of(sync, Cadence.HOURLY))
        self.cohort, self.destination, self.sync = cohort, destination, sync
        seen = recent_properties(cohort.project)["user"][:OFFERED]
        typed = data.getlist("properties") if data is not None else []
        names = dict.fromkeys([*seen, *chosen, *typed[: 2 * OFFERED]])
        choice_field(self, "properties").choices = [(name, name) for name in names]
        self.fields["batch_size"].widget.attrs["max"] = most
        self.fields["batch_size"].help_text = f"1 to {most:,}. With 1, each user has a request of their own."
        self.fields["daily_at"].help_text = f"In {cohort.project.time_zone}."

    def save(self, by: Any) -> Sync | None:
        """None where something is wrong; then the form says what."""
        if not self.is_valid():
            return None
        size = self.cleaned_data["batch_size"].strip()
        typed = [line.strip() for line in self.cleaned_data["more_properties"].splitlines()]
        given = {
            "destination": self.destination,
            "properties": [*self.cleaned_data["properties"], *filter(None, typed)],
            "cadence": self.given_cadence(),
            "batch_size": int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else size,
        }
        try:
            return save_sync(self.cohort, given, self.sync, by)[0]
        except InvalidCohort as error:
            for problem in error.problems:
                self.show(problem)
            return None

    def show(self, problem: Problem) -> None:
        name = problem.field.rpartition(".")[2]
        self.add_error(name if name in self.fields else None, problem.message)

    @property
    def problems(self) -> list[Shown]:
        own = [Shown("", "", str(message)) for message in self.non_field_errors()]
        return own + [
            Shown(field.id_for_label or field.auto_id, str(field.label), str(message))
            for field in self
            for message in field.errors
        ]

    @property
    def most_properties(self) -> int:
        return MOST_PROPERTIES


def cohort_sync_new(request: HttpRequest, project: str, cohort: str) -> HttpResponse:
    """`kind`, then `destination`: what was chosen on the way. Without either, the choice."""
    found = cohort_of(project, cohort)
    offered = _offered(found)
    destination = next((one for one in offered if str(one.pk) == request.GET.get("destination", "")), None)
    slug = destination.kind if destination else request.GET.get("kind", "")
    kinds = [kind for kind in catalog.kinds() if kind.section == COHORTS]
    kind = next((one for one in kinds if one.slug == slug), None)
    form = None
    if destination:
        form = SyncForm(found, destination, None, request.POST if request.method == "POST" else None)
        if request.method == "POST" and (sync := form.save(signed_in(request))):
            run = sync_soon(sync, "the sync was made")
            return toast(request, redirect(run.get_absolute_url()), "The first run begins.")
    counts = {one.slug: sum(d.kind == one.slug for d in offered) for one in kinds}
    context = {
        "project": found.project,
        "cohort": found,
        "kinds": [(one, counts[one.slug]) for one in kinds],
        "kind": kind,
        "destinations": [one for one in offered if kind and one.kind == kind.slug],
        "taken": set(found.syncs.values_list("destination_id", flat=True)),
        "destination": destination,
        "form": form,
    }
    return render(request, "cohorts/sync_new.html", context)


def _offered(cohort: Cohort) -> list[Destination]:
    """The project's destinations that take cohorts."""
    known = Destination.objects.filter(project=cohort.project_id).order_by("name")
    return [one for one in known if takes_batches(one)]


def cohort_sync_from(request: HttpRequest, project: str) -> HttpResponse:
    """From a destination's side: which cohort it shall follow."""
    found = get_object_or_404(Project, slug=project)
    key = number(request, "destination")
    destination = Destination.objects.filter(project=found, pk=key).first() if key else None
    if destination is None:
        return redirect("cohorts", project)
    taken = destination.cohort_syncs.values("cohort_id")
    rows = Cohort.objects.filter(project=found).exclude(pk__in=taken)
    query = request.GET.get("q", "").strip()
    if query:
        rows = rows.filter(name__icontains=query)
    context = {"project": found, "destination": destination, "cohorts": rows[:100], "query": query}
    return render(request, "cohorts/sync_from.html", context)


def cohort_sync(request: HttpRequest, project: str, cohort: str, pk: int) -> HttpResponse:
    """The sync and its runs, newest first; `before` is the number of a run."""
    found = sync_of(project, cohort, pk)
    before = number(request, "before")
    runs = found.runs.all()
    shown = list((runs.filter(number__lt=before) if before else runs)[: ROWS + 1])
    newest = found.runs.first()
    context = {
        "project": found.cohort.project,
        "cohort": found.cohort,
        "sync": found,
        "runs": shown[:ROWS],
        "newest": newest,
        "progress": Progress(newest) if newest and newest.is_open else None,
        "farewell": newest is not None and newest.content == Run.Content.FAREWELL,
        "older": page_link(request, before=shown[ROWS - 1].number) if len(shown) > ROWS else "",
        "first": found.get_absolute_url() if before else "",
        "poll": 2_000 if newest and newest.is_open else 0,
    }
    return render(request, "cohorts/sync.html", context)


def cohort_sync_edit(request: HttpRequest, project: str, cohort: str, pk: int) -> HttpResponse:
    found = sync_of(project, cohort, pk)
    form = SyncForm(found.cohort, found.destination, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save(signed_in(request)):
        return toast(request, redirect(found), "Saved.")
    context = {
        "project": found.cohort.project,
        "cohort": found.cohort,
        "sync": found,
        "destination": found.destination,
        "form": form,
        "before": describe_sync(found),
    }
    return render(request, "cohorts/sync_edit.html", context)


@require_POST
def cohort_sync_act(request: HttpRequest, project: str, cohort: str, pk: int) -> HttpResponse:
    """`act`: run, resync, remove (at once) or farewell (after everybody was sent as leaving)."""
    found = sync_of(project, cohort, pk)
    newest = found.runs.first()
    act = request.POST.get("act", "run")
    if act == "remove":
        remove_sync(found)
        return toast(request, redirect(found.cohort), f"The sync to {found.destination} was removed.")
    content = Run.Content.EVERYBODY if act == "resync" else Run.Content.CHANGES
    try:
        if act == "farewell":
            refuse_leaving(found)
            return toast(request, redirect(begin_farewell(found).get_absolute_url()), "Everybody leaves.", "info")
        run = sync_by_hand(found, content)
    except CannotAsk as error:
        return toast(request, redirect(found), str(error), "bad")
    waits = newest is not None and newest.is_open and newest.pk != run.pk
    words = "It begins when the run before has ended." if waits else "The run begins."
    return toast(request, redirect(run.get_absolute_url()), words, "info")
