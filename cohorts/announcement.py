"""`cohort.computed`: what the hub tells those destinations whose filter names that topic."""

from cohorts.models import Cohort, Computation
from events.announce import announce as store
from events.announced import iso

TOPIC = "cohort.computed"


def announce(computation: Computation, cohort: Cohort) -> None:
    """Stores the event, in the caller's transaction."""
    moment = computation.finished_at
    assert moment
    fields = {
        "cohort_id": cohort.public_id,
        "cohort_name": cohort.name,
        "computed_at": iso(moment),
        "computed_time": str(int(moment.timestamp())),
        "size": computation.size,
        "entered": computation.entered,
        "left": computation.left,
        "cause": computation.cause,
        "app_id": cohort.project_id,
    }
    store(cohort.project_id, TOPIC, fields, moment)
