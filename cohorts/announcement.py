"""`cohort.computed`: what the hub tells those destinations whose filter names that topic."""

from uuid import uuid4

from django.db import transaction

from cohorts.models import Cohort, Computation
from events.models import Event, Outbox
from events.wake import wake_router

TOPIC = "cohort.computed"
EVENT_TYPE = "Cohort computed"


def announce(computation: Computation, cohort: Cohort) -> None:
    """Stores the event, in the caller's transaction. `data` has no event type: it is no event of anybody's."""
    moment = computation.finished_at
    assert moment
    uuid = uuid4()
    data = {
        "type": TOPIC,
        "uuid": str(uuid),
        "cohort_id": cohort.public_id,
        "cohort_name": cohort.name,
        "computed_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "computed_time": str(int(moment.timestamp())),
        "size": computation.size,
        "entered": computation.entered,
        "left": computation.left,
        "cause": computation.cause,
        "app_id": cohort.project_id,
    }
    event = Event.objects.create(
        project_id=cohort.project_id,
        uuid=uuid,
        topic=TOPIC,
        event_type=EVENT_TYPE,
        event_time=moment,
        received_at=moment,
        data=data,
    )
    Outbox.objects.create(event_id=event.pk)
    transaction.on_commit(wake_router)
