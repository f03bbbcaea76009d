"""Deliveries whose transformation failed, sent again: the transformation is mended by now, so it is done anew."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.timezone import now

from delivery.claims import Claimed
from delivery.lane_counters import count_created
from delivery.models import Delivery, Transformed
from delivery.ordering import order_key
from delivery.transforming import insert
from destinations.models import Destination
from destinations.sending_rules import sending_of
from destinations.transformations.wanting import Part, wanting_of
from events.models import Event


def transform_anew(claimed: Sequence[Claimed]) -> None:
    """Puts what the transformation makes now into those in hand, and into their rows. Where it makes several events of
    one, the others get deliveries of their own."""
    if not claimed:
        return
    lanes = Destination.objects.in_bulk({one.destination for one in claimed})
    events = Event.objects.in_bulk({one.event for one in claimed})
    with transaction.atomic():
        for one in claimed:
            if one.destination in lanes and one.event in events:
                _transform(one, lanes[one.destination], events[one.event])


def _transform(one: Claimed, lane: Destination, event: Event) -> None:
    wanting = wanting_of(lane)
    if not wanting.transforms:
        one.part, one.failure = None, ""
        one.skipped = wanting.refuses(event) or ""
        Transformed.objects.filter(pk=one.delivery).delete()
        Delivery.objects.filter(pk=one.delivery).update(part=None)
        return
    parts = wanting.parts_of(event)
    if isinstance(parts, str):
        one.skipped = parts
        return
    first, *others = parts
    one.part, one.transformed, one.failure = first.number, first.made, first.failure
    Transformed.objects.filter(pk=one.delivery).update(event=first.made, failure=first.failure)
    Delivery.objects.filter(pk=one.delivery).update(part=first.number)
    if others:
        _deliver(others, lane, event)


def _deliver(parts: list[Part], lane: Destination, event: Event) -> None:
    ordered, moment = sending_of(lane.sending).ordered, now()
    keys = {event.pk: order_key(event.user_id, event.device_id)} if ordered else {}
    made = [((lane.project_id, lane.pk, event.pk), part) for part in parts]
    insert(made, keys, {lane.pk} if ordered else (), moment)
    count_created([lane.pk] * len(made), moment)
