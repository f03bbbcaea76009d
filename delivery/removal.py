"""Deleting a destination with its log, however long that is."""

from django.db import transaction

from delivery.models import Attempt, Delivery
from destinations.models import Destination
from destinations.specification import describe
from events import audit
from events.audit_changes import differences

BATCH = 2_000  # deliveries in one transaction, so that nobody waits for the whole


def remove(destination: Destination) -> None:
    """Switches it off, then deletes its deliveries in batches, and itself last: what is interrupted can be repeated."""
    Destination.objects.filter(pk=destination.pk).update(enabled=False)
    deliveries = Delivery.objects.filter(destination=destination).order_by("-pk")
    while ids := list(deliveries.values_list("pk", flat=True)[:BATCH]):
        Attempt.objects.filter(delivery__in=ids).delete()
        Delivery.objects.filter(pk__in=ids).delete()
    with transaction.atomic():
        audit.record("deleted", destination, differences(describe(destination), None))
        destination.delete()
