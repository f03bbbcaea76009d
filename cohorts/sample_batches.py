"""Batches of a cohort's real members, to try a destination's payload on. Nothing of them is kept or sent."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet

from cohorts.models import Cohort, Member, Run, Sync
from cohorts.runs import message, users_of_batch
from destinations.models import Destination
from destinations.sample_batches import Offered

OFFERED = 10
USERS = 3  # in a sample


class MemberBatches:
    """First the cohorts that are synced there, with the sync's properties; then others of the project."""

    def offered(self, destination: Destination) -> Sequence[Offered]:
        synced = list(Cohort.objects.filter(syncs__destination=destination, size__gt=0)[:OFFERED])
        others = _cohorts(destination).filter(size__gt=0).exclude(pk__in=[one.pk for one in synced])
        shown = [*synced, *others[: OFFERED - len(synced)]]
        return [
            Offered(f"{one.public_id}-{way}", f"{one.name}: {words}")
            for one in shown
            for way, words in (("enter", "entering"), ("exit", "leaving"))
        ]

    def batch(self, destination: Destination, key: str) -> dict[str, Any] | None:
        public_id, _, way = key.partition("-")
        cohort = _cohorts(destination).filter(public_id=public_id).first()
        if cohort is None:
            return None
        found = Sync.objects.filter(cohort=cohort, destination=destination).first()
        sync = found or Sync(cohort=cohort, destination=destination)
        run = Run(sync=sync, number=0, token=uuid4())
        members = Member.objects.filter(cohort=cohort, identity__startswith="u:").order_by("identity")
        users, _ = users_of_batch(run, list(members.values_list("identity", flat=True)[:USERS]))
        return message(run, way == "exit", 0, users)


def _cohorts(destination: Destination) -> QuerySet[Cohort]:
    return Cohort.objects.filter(project=destination.project_id)
