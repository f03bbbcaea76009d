"""What the addresses of cohorts' pages name; of another project, it is not found."""

from django.shortcuts import get_object_or_404

from cohorts.models import Cohort, Run, Sync

PRESENT = {"cohort__removed_at": None, "destination__removed_at": None}  # of syncs


def cohort_of(project: str, cohort: str) -> Cohort:
    return get_object_or_404(Cohort.objects.select_related("project"), project__slug=project, public_id=cohort)


def sync_of(project: str, cohort: str, pk: int) -> Sync:
    syncs = Sync.objects.filter(**PRESENT).select_related("cohort__project", "destination")
    return get_object_or_404(syncs, cohort__project__slug=project, cohort__public_id=cohort, pk=pk)


def run_of(project: str, cohort: str, pk: int, number: int) -> Run:
    present = {f"sync__{name}": value for name, value in PRESENT.items()}
    runs = Run.objects.filter(**present).select_related("sync__cohort__project", "sync__destination")
    return get_object_or_404(
        runs,
        sync__cohort__project__slug=project,
        sync__cohort__public_id=cohort,
        sync=pk,
        number=number,
    )
