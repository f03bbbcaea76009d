"""Holding back from a receiver that fails: by the answers of the last minutes a destination is warned of, then held.

While it is held nothing is sent to it but one probe at a time, at growing intervals: the delivery that is due longest.
The first probe that succeeds lets everything go; so may a person, at once. Nothing is dropped, and what waits uses up
no attempt. The figures are the road's own counters, so that all this costs nothing where nothing fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from delivery.activity import ANSWERS
from delivery.models import Alert, LaneCount, LaneHealth
from delivery.monitors.alerts import health_alert
from destinations.models import Destination
from destinations.sending_rules import sending_of
from events.counters import MINUTE
from events.wake import FRESH, RETRY, wake

WINDOW = timedelta(minutes=5)
LEAST_ATTEMPTS = 20  # fewer say nothing
LEVELS = (90, 70, 50)  # percent failed
FIRST_PROBE, LONGEST_PROBE = timedelta(seconds=30), timedelta(minutes=15)
GOOD = "answers_2xx"


@dataclass(frozen=True, slots=True)
class Share:
    """Attempts of the last minutes, and the commonest kind of failure among them."""

    good: int
    bad: int
    commonest: str = ""

    @property
    def percent_failed(self) -> int:
        """Rounded down; 0 where there are too few to say."""
        tried = self.good + self.bad
        return 100 * self.bad // tried if tried >= LEAST_ATTEMPTS else 0

    @property
    def words(self) -> str:
        return f"{self.bad:,} of the last {self.good + self.bad:,} attempts failed, most of them with {self.commonest}."


def judge(destinations: Iterable[int], moment: datetime) -> set[int]:
    """Brings the health of these destinations up to date. Returns which are held since now."""
    held = set()
    found = Destination.objects.filter(pk__in=set(destinations)).in_bulk()
    rows = LaneHealth.objects.in_bulk(list(found))
    for pk, destination in found.items():
        row = rows.get(pk)
        if row and row.held_since:
            continue  # its few probes say nothing new; the level and the reason stay as they were when it was held
        share = _share(pk, row, moment)
        level = next((one for one in LEVELS if share.percent_failed >= one), 0)
        if (row.level if row else 0) != level:
            row = _set_level(destination, row, level, share, moment)
        pause_at = sending_of(destination.sending).pause_at
        if pause_at and share.percent_failed >= pause_at and row and hold(destination, share, moment):
            held.add(pk)
    return held


def hold(destination: Destination, share: Share, moment: datetime) -> bool:
    """From now on nothing is sent but probes. False if that is so already; its row must exist."""
    free = LaneHealth.objects.filter(pk=destination.pk, held_since=None)
    changed = {"held_since": moment, "why": share.words, "probes": 0, "next_probe_at": moment + interval(0)}
    with transaction.atomic():
        if not free.update(**changed):
            return False
        text = f"Nothing is sent to it but a probe from time to time, until one arrives. {share.words}"
        health_alert(destination, Alert.Kind.HELD, text, moment, share.percent_failed)
    return True


def due_probes(destinations: Iterable[int], moment: datetime) -> list[int]:
    """Which of these held destinations may be probed now."""
    held = LaneHealth.objects.filter(_due(moment), pk__in=set(destinations))
    return list(held.values_list("pk", flat=True))


def take_probe(destination: int, moment: datetime) -> bool:
    """Whether the caller is the one to make this probe; the next one is due an interval later.

    Call it in the transaction that claims the delivery.
    """
    row = LaneHealth.objects.filter(_due(moment), pk=destination).first()
    if row is None:
        return False
    due_after = moment + interval(row.probes + 1)
    taken = LaneHealth.objects.filter(_due(moment), pk=destination, probes=row.probes)
    return bool(taken.update(probes=F("probes") + 1, next_probe_at=due_after))


def interval(probes: int) -> timedelta:
    """How long after the hold (0), or after so many probes, the next one is made."""
    return min(LONGEST_PROBE, FIRST_PROBE * 2 ** min(probes, 10))


def resume(destination: int, moment: datetime) -> bool:
    """Lets everything go, and forgets the failures so far. False if it was not held."""
    with transaction.atomic():
        held = LaneHealth.objects.select_for_update(of=("self",)).filter(pk=destination, held_since__isnull=False)
        row = held.select_related("destination").first()
        if row is None:
            return False
        now = _counts(destination, _minute(moment))
        row.held_since, row.next_probe_at, row.probes = None, None, 0
        row.level, row.level_since, row.why = 0, moment, ""
        row.counted_from, row.good_before, row.bad_before = moment, now.good, now.bad
        row.save()
        text = "It is no longer held. What waits for it is sent now."
        health_alert(row.destination, Alert.Kind.HEALTHY, text, moment)
        transaction.on_commit(partial(wake, FRESH))
        transaction.on_commit(partial(wake, RETRY))
    return True


def _due(moment: datetime) -> Q:
    """A probe further ahead than any can be was planned before the clock was set back."""
    due = Q(next_probe_at__lte=moment) | Q(next_probe_at__gt=moment + LONGEST_PROBE)
    return Q(held_since__isnull=False) & due


def _share(destination: int, row: LaneHealth | None, moment: datetime) -> Share:
    since = _minute(moment - WINDOW)
    if row is None or row.counted_from is None or _minute(row.counted_from) < since:
        return _counts(destination, since)
    found = _counts(destination, _minute(row.counted_from))
    return Share(max(0, found.good - row.good_before), max(0, found.bad - row.bad_before), found.commonest)


def _counts(destination: int, since: datetime) -> Share:
    rows = LaneCount.objects.filter(destination=destination, span=MINUTE, start__gte=since)
    sums = dict.fromkeys(ANSWERS, 0)
    for values in rows.values(*ANSWERS):
        for name, value in values.items():
            sums[name] += value
    good = sums.pop(GOOD)
    worst = max(sums, key=lambda name: sums[name])
    return Share(good, sum(sums.values()), ANSWERS[worst].lower() if worst == "answers_none" else ANSWERS[worst])


def _minute(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // MINUTE * MINUTE, UTC)


def _set_level(
    destination: Destination, row: LaneHealth | None, level: int, share: Share, moment: datetime
) -> LaneHealth:
    """Whoever moves the level tells of it, once: what gets worse, and what is well again."""
    before = row.level if row else 0
    changed = {"level": level, "level_since": moment, "why": share.words if level else ""}
    with transaction.atomic():
        row = LaneHealth.objects.get_or_create(pk=destination.pk)[0]
        if LaneHealth.objects.filter(pk=destination.pk, level=before).update(**changed):
            if level > before:
                health_alert(destination, Alert.Kind.FAILING, share.words, moment, level)
            elif not level:
                health_alert(destination, Alert.Kind.HEALTHY, "Its deliveries arrive again.", moment)
    row.refresh_from_db()
    return row
