"""What the database holds, for comparing before and after."""

from destinations.models import Destination
from destinations.specification import Specification, describe


def stored(destination: Destination) -> Specification:
    return describe(Destination.objects.get(pk=destination.pk), with_secrets=True)
