"""What the pages of cohorts say of states and cadences; one table for all of them."""

from typing import Any

from django import template

from cohorts.models import Computation, Run, Scheduled, user_id_of
from cohorts.schedule import plan_of
from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.models import Destination

register = template.Library()

TONES = {
    Run.State.WAITING: "info",
    Run.State.PREPARING: "info",
    Run.State.SENDING: "info",
    Run.State.DELIVERED: "ok",
    Run.State.PARTLY: "warn",
    Run.State.FAILED: "bad",
    Run.State.CANCELLED: "off",
    Computation.State.RUNNING: "info",
    Computation.State.DONE: "ok",
}


@register.filter
def tone(state: str) -> str:
    """{% badge run.state|tone run.get_state_display %}"""
    return TONES.get(state, "off")  # type: ignore[call-overload]


@register.filter
def cadence(scheduled: Scheduled) -> str:
    return plan_of(scheduled).words


@register.filter
def user_of(identity: str) -> str:
    """How a page names a user: by id; a device that nobody has signed in on, as that."""
    return user_id_of(identity) or f"device {identity[2:]}"


@register.inclusion_tag("cohorts/destination_card.html", takes_context=True)
def cohort_card(context: dict[str, Any], destination: Destination) -> dict[str, Any]:
    """A destination's syncs; nothing for one that takes events."""
    kind = catalog.of(destination)
    takes_cohorts = kind is not None and kind.section == COHORTS
    present = destination.cohort_syncs.filter(cohort__removed_at=None).select_related("cohort__project")
    syncs = present if takes_cohorts else []
    return {"takes_cohorts": takes_cohorts, "syncs": syncs, **{key: context.get(key) for key in ("project", "may")}} | {
        "destination": destination
    }
