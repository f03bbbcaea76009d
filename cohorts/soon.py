"""A cohort that has become due, whatever its cadence says."""

from functools import partial

from django.db import transaction
from django.utils.timezone import now

from cohorts.models import Cohort
from events.wake import COHORTS, wake


def compute_when_free(cohort: Cohort) -> None:
    """A worker computes it at once, or as soon as nobody else is at it; its cadence goes on from there."""
    Cohort.objects.filter(pk=cohort.pk).update(next_at=now())
    transaction.on_commit(partial(wake, COHORTS))
