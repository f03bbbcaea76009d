"""The newest attempts of a project, for watching what goes out. Attempts know no project: their deliveries do."""

from django.db.models import Q, QuerySet

from delivery.models import LOST_STATES, Attempt, Delivery, State
from events.models import Project

SHOWN = 50
# Of all projects' attempts, so many of the newest are looked at: that finds what is being retried.
NEWEST_ATTEMPTS = 2_000
# Of the project's own deliveries: that finds the newest of a quiet project on a busy hub.
NEWEST_DELIVERIES = 200
FAILED, DELIVERED = "failed", "delivered"
# Read with a row; bodies and headers only when it is unfolded.
SHOWN_FIELDS = (
    "number", "started_at", "duration_ms", "status", "error", "error_kind", "delivery__state",
    "delivery__event__event_type", "delivery__event__user_id",
    "delivery__event__device_id", "delivery__destination__name",
)  # fmt: skip


def newest_attempts(project: Project, destination: int | None = None, outcome: str = "") -> list[Attempt]:
    """Newest first. `outcome`: of the attempt, `failed` or `delivered`; empty for either."""
    own = Delivery.objects.filter(project=project)
    if destination:
        own = own.filter(destination=destination)
    newest = own.exclude(state=State.QUEUED).order_by("-pk").values("pk")[:NEWEST_DELIVERIES]
    lost = own.filter(state__in=(State.RETRYING, *LOST_STATES)).exclude(state=State.DELIVERED)
    wanted = Q(delivery__in=newest)
    if outcome == FAILED:
        wanted |= Q(delivery__in=lost.order_by("-pk").values("pk")[:NEWEST_DELIVERIES])
    latest = Attempt.objects.order_by("-pk").values("pk")[:NEWEST_ATTEMPTS]
    wanted |= Q(pk__in=latest, delivery__in=own)
    found = _with_outcome(Attempt.objects.filter(wanted), outcome).order_by("-pk")
    related = found.select_related("delivery__event", "delivery__destination").only(*SHOWN_FIELDS)
    return list(related[:SHOWN])


def newest_attempt_id() -> int:
    """Of any project: where it has not changed, nobody's list has."""
    return Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _with_outcome(attempts: "QuerySet[Attempt]", outcome: str) -> "QuerySet[Attempt]":
    arrived = Q(status__gte=200, status__lt=300, error="")
    if outcome == DELIVERED:
        return attempts.filter(arrived)
    return attempts.exclude(arrived) if outcome == FAILED else attempts
