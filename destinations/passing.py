"""The newest events that a destination's filter lets through."""

from collections.abc import Iterator

from destinations.models import Destination
from destinations.sample_batches import takes_batches
from destinations.transformations.wanting import wanting_of
from events.models import Event

LOOKED_AT = 20_000  # newest events; a filter that lets hardly anything through must not read the whole table
BATCH = 200


def passing_events(destination: Destination, most: int, looked_at: int = LOOKED_AT) -> Iterator[Event]:
    """Newest first, up to `most` of the `looked_at` newest events; for a destination of cohorts, batches."""
    wanting, batches = wanting_of(destination), takes_batches(destination)
    newest = Event.objects.filter(project=destination.project_id).order_by("-pk")
    if not wanting.of_messages:
        newest = newest.defer("message")
    found = 0
    for event in newest[:looked_at].iterator(chunk_size=BATCH):
        is_batch = event.topic == "cohort.update"
        if is_batch == batches and (batches or wanting.refuses(event) is None):
            yield event
            found += 1
            if found == most:
                return
