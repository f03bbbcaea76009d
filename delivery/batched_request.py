"""The request that several deliveries shared, put together again from the part that the attempt of each keeps."""

from django.db.models import Count, Sum
from django.db.models.functions import Length

from delivery.models import Attempt
from destinations.batch_bodies import CannotJoin, joined, piece_of
from destinations.batch_rules import BatchForm

MOST_CHARACTERS = 256 * 1024  # that a page shows


class CannotTell(ValueError):
    """Why the request cannot be put together, as the end of a sentence."""


def body_of_batch(attempt: Attempt) -> str:
    """The body as it was sent, but for blanked secrets. Raises CannotTell."""
    parts = Attempt.objects.filter(batch=attempt.batch, started_at=attempt.started_at)  # a retry has the same batch
    found = parts.aggregate(count=Count("pk"), length=Sum(Length("request_body")))
    if (found["length"] or 0) > MOST_CHARACTERS:
        raise CannotTell(f"its body has more than {MOST_CHARACTERS // 1024} KB")
    kept = list(parts.order_by("batch_position").only("request_body", "notes"))
    if found["count"] != attempt.batch_size:
        raise CannotTell("not all of its deliveries are kept as parts of this request")
    if any((part.notes or {}).keys() & {"removed", "request_bytes"} for part in kept):
        raise CannotTell("the bodies of its deliveries are not all kept whole")
    if not (noted := (kept[0].notes or {}).get("form")):
        raise CannotTell("it was sent by a version of the hub that did not keep its form")
    form = BatchForm(*noted)
    try:
        return joined(form, [piece_of(form, part.request_body.encode()) for part in kept]).decode()
    except CannotJoin:
        raise CannotTell("what was blanked in its bodies broke their form") from None
