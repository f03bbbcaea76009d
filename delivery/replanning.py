"""What was planned by a clock that has been set back since is planned anew, or it would wait for as long again."""

import time
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F
from django.utils.timezone import now

from delivery.models import OPEN_STATES, Delivery
from delivery.patience import patiently
from destinations.models import Destination


def plan_anew(set_back: timedelta, moment: datetime | None = None) -> int:
    """Brings the next attempts of open deliveries forward by as much as the clock was set back; returns how many.

    Leases stay: the worker that took one is known by it, and it may still have the delivery in hand.
    """
    moment, changed = moment or now(), 0
    for destination in Destination.objects.values_list("pk", flat=True):
        for state in OPEN_STATES:
            later = Delivery.objects.filter(destination=destination, state=state, next_attempt_at__gt=moment)
            # By the index of the lanes' claims, so that the log may be as long as it likes.
            later = later.filter(state__in=OPEN_STATES)
            # Workers write the same rows meanwhile, in another order: the database may refuse one of two.
            changed += patiently(partial(later.update, next_attempt_at=F("next_attempt_at") - set_back), time.sleep)
    return changed
