"""The newest attempts of a project, for watching what goes out. Attempts know no project: their deliveries do."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from delivery.log import in_state
from delivery.models import LOST_STATES, Attempt, Delivery, State
from events.models import Project

SHOWN = 50
# Of all projects' attempts, so many of the newest are looked at: that finds what is being retried.
NEWEST_ATTEMPTS = 2_000
# Of the project's own deliveries: that finds the newest of a quiet project on a busy hub.
NEWEST_DELIVERIES = 200
FAILED, DELIVERED = "failed", "delivered"
ARRIVED = Q(status__gte=200, status__lt=300, error="")
EXCERPT = 300  # characters of the answer
# Read with a row; bodies and headers only when it is unfolded.
SHOWN_FIELDS = (
    "number", "started_at", "duration_ms", "status", "error", "error_kind", "delivery__state",
    "delivery__event__event_type", "delivery__event__user_id", "delivery__event__device_id",
    "delivery__destination__name",
)  # fmt: skip


def newest_attempts(project: Project, destination: int | None = None, outcome: str = "") -> list[Attempt]:
    """Newest first, each with the beginning of its answer (`excerpt`). `outcome`: of the attempt, `failed` or
    `delivered`; empty for either."""
    own = Delivery.objects.filter(project=project)
    if destination:
        own = own.filter(destination=destination)
    latest = Attempt.objects.filter(pk__gt=newest_attempt_id() - NEWEST_ATTEMPTS, delivery__project=project)
    if destination:
        latest = latest.filter(delivery__destination=destination)
    found = {*_newest(latest, outcome)}
    found.update(_newest(Attempt.objects.filter(delivery__in=_newest_ids([own])), outcome))
    if outcome == FAILED:
        lost = [in_state(own, state) for state in (State.RETRYING, *LOST_STATES)]
        found.update(_newest(Attempt.objects.filter(delivery__in=_newest_ids(lost)), outcome))
    shown = Attempt.objects.filter(pk__in=sorted(found)[-SHOWN:]).order_by("-pk")
    related = shown.select_related("delivery__event", "delivery__destination").only(*SHOWN_FIELDS)
    return list(related.annotate(excerpt=Substr("response_body", 1, EXCERPT)))


def newest_attempt_id() -> int:
    """Of any project: where it has not changed, nobody's list has."""
    return Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _newest_ids(walks: "Iterable[QuerySet[Delivery]]") -> list[int]:
    return [pk for walk in walks for pk in walk.order_by("-pk").values_list("pk", flat=True)[:NEWEST_DELIVERIES]]


def _newest(attempts: "QuerySet[Attempt]", outcome: str) -> list[int]:
    if outcome:
        attempts = attempts.filter(ARRIVED) if outcome == DELIVERED else attempts.exclude(ARRIVED)
    return list(attempts.order_by("-pk").values_list("pk", flat=True)[:SHOWN])
