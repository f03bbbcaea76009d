"""What destinations got, over time: the road's counters as plain data for figures and charts. No row is scanned."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce

from django.db.models import F, QuerySet, Sum
from django.utils.timezone import now

from delivery.answer_times import COLUMNS as TIMES
from delivery.answer_times import percentile
from delivery.models import LaneCount
from destinations.models import Destination
from events.counters import HOUR, MINUTE
from events.models import Project
from events.received import received

HEALTHY, DEGRADED = 0.97, 0.90  # least shares delivered
STATES = ("created", "retrying", "delivered", "delivered_first", "failed", "expired", "cancelled")
# Column -> label, in the order of a chart.
ANSWERS = {
    "answers_2xx": "2xx",
    "answers_3xx": "3xx",
    "answers_4xx": "4xx",
    "answers_429": "429",
    "answers_5xx": "5xx",
    "answers_none": "No answer",
}


@dataclass(frozen=True, slots=True)
class Range:
    """`buckets` of `bucket` seconds each, the last one under way, from rows that cover `span` seconds."""

    label: str
    span: int
    bucket: int
    buckets: int

    def starts(self, moment: datetime) -> list[datetime]:
        """When the buckets begin, in UTC, oldest first."""
        last = int(moment.timestamp()) // self.bucket * self.bucket
        return [datetime.fromtimestamp(last - back * self.bucket, UTC) for back in range(self.buckets - 1, -1, -1)]

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.bucket * self.buckets)


LAST_HOUR = Range("1 h", MINUTE, MINUTE, 60)
LAST_DAY = Range("24 h", HOUR, HOUR, 24)
LAST_WEEK = Range("7 d", HOUR, 6 * HOUR, 28)
RANGES = {"1h": LAST_HOUR, "24h": LAST_DAY, "7d": LAST_WEEK}


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries by the state they are in now, counted when they were created; attempts, when they ended."""

    numbers: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Counts") -> "Counts":
        total = Counter(self.numbers)
        total.update(other.numbers)
        return Counts(total)

    def __getitem__(self, column: str) -> int:
        return max(0, self.numbers[column])

    @property
    def created(self) -> int:
        return self["created"]

    @property
    def delivered(self) -> int:
        return self["delivered"]

    @property
    def delivered_first(self) -> int:
        """Those that needed one attempt."""
        return self["delivered_first"]

    @property
    def retrying(self) -> int:
        return self["retrying"]

    @property
    def lost(self) -> int:
        return self["failed"] + self["expired"]

    @property
    def cancelled(self) -> int:
        return self["cancelled"]

    @property
    def tried(self) -> int:
        """Deliveries with an attempt behind them; cancelled ones are nobody's success or failure."""
        return self.delivered + self.retrying + self.lost

    @property
    def success(self) -> float | None:
        """The share that arrived, of those tried: one that waits for its retry has not."""
        return self.delivered / self.tried if self.tried else None

    @property
    def tone(self) -> str:
        """By the bounds of a destination's health: `ok`, `warn`, `bad`, or empty where nothing was tried."""
        if self.success is None:
            return ""
        return "ok" if self.success >= HEALTHY else "warn" if self.success >= DEGRADED else "bad"

    @property
    def answers(self) -> dict[str, int]:
        """Label ("2xx", ... "No answer") -> attempts that ended so."""
        return {label: self[column] for column, label in ANSWERS.items()}

    @property
    def attempts(self) -> int:
        return sum(self.answers.values())

    def answer_time(self, percent: float) -> int | None:
        """Milliseconds, estimated; timeouts count at full length, attempts without any other answer do not."""
        return percentile(self.numbers, percent)


@dataclass(frozen=True, slots=True)
class Bucket:
    start: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Activity:
    """`before` is of as many buckets right before the first one."""

    buckets: list[Bucket]
    before: Counts

    @property
    def total(self) -> Counts:
        return total(self.buckets)

    @property
    def success_change(self) -> float | None:
        """In shares: -0.1 is ten points worse than before. None where nothing was tried in one of the two."""
        success, before = self.total.success, self.before.success
        return None if success is None or before is None else success - before


def total(buckets: Iterable[Bucket]) -> Counts:
    return reduce(Counts.__add__, (bucket.counts for bucket in buckets), Counts())


def change(count: int, before: int) -> float | None:
    """As a share: 0.5 is half as much again. None without anything to compare with."""
    return (count - before) / before if before else None


def of_project(project: Project, wanted: Range = LAST_DAY) -> Activity:
    """All destinations of the project together."""
    return _activity(LaneCount.objects.filter(destination__project=project), wanted, (*STATES, *ANSWERS, *TIMES))


def of_destination(destination: Destination, wanted: Range = LAST_DAY) -> Activity:
    return _activity(LaneCount.objects.filter(destination=destination), wanted, (*STATES, *ANSWERS, *TIMES))


def by_destination(destinations: Iterable[int], wanted: Range = LAST_DAY) -> dict[int, list[Bucket]]:
    """Destination id -> its buckets, with deliveries by state; one query for all, also those without traffic."""
    starts = wanted.starts(now())
    found: dict[int, dict[datetime, Counts]] = {pk: {} for pk in destinations}
    rows = LaneCount.objects.filter(destination__in=list(found), span=wanted.span, start__gte=starts[0])
    for pk, start, *numbers in rows.values_list("destination_id", "start", *STATES):
        _put(found[pk], _bucket(start, wanted), STATES, numbers)
    return {pk: _buckets(starts, counts) for pk, counts in found.items()}


def totals(destinations: Iterable[int], wanted: Range = LAST_DAY) -> dict[int, Counts]:
    """Destination id -> deliveries by state in all of the range, where there were any."""
    since = wanted.starts(now())[0]
    rows = LaneCount.objects.filter(destination__in=list(destinations), span=wanted.span, start__gte=since)
    sums = rows.values_list("destination_id").annotate(*(Sum(name) for name in STATES)).order_by()
    return {pk: Counts(Counter(dict(zip(STATES, numbers, strict=True)))) for pk, *numbers in sums}


def answer_times(destinations: Iterable[int], percent: float, wanted: Range = LAST_DAY) -> dict[int, int | None]:
    """Destination id -> milliseconds that `percent` of its answers did not exceed, where it has answered at all."""
    since = wanted.starts(now())[0]
    rows = LaneCount.objects.filter(destination__in=list(destinations), span=wanted.span, start__gte=since)
    sums = rows.values_list("destination_id").annotate(*(Sum(name) for name in TIMES))
    return {pk: percentile(dict(zip(TIMES, numbers, strict=True)), percent) for pk, *numbers in sums}


def events_received(project: Project, wanted: Range = LAST_DAY) -> tuple[int, int]:
    """(events that came in, those of the time before)."""
    since = wanted.starts(now())[0]
    before = received(project, since - wanted.length, since, wanted.span)
    return received(project, since, span=wanted.span), before


def waiting_for_retry(project: Project) -> dict[int, int]:
    """Destination id -> deliveries that have failed and are tried again, however old, where there are any."""
    hours = LaneCount.objects.filter(destination__project=project, span=HOUR, retrying__gt=0)
    return dict(hours.values_list("destination_id").annotate(Sum("retrying")))


def lost_lately(project: Project) -> int:
    """Deliveries of the last 24 hours that were given up."""
    since = LAST_DAY.starts(now())[0]
    hours = LaneCount.objects.filter(destination__project=project, span=HOUR, start__gte=since)
    return max(0, hours.aggregate(sum=Sum(F("failed") + F("expired"), default=0))["sum"])


def _activity(rows: "QuerySet[LaneCount]", wanted: Range, columns: tuple[str, ...]) -> Activity:
    starts = wanted.starts(now())
    since = rows.filter(span=wanted.span, start__gte=starts[0] - wanted.length)
    sums = since.values_list("start").annotate(*(Sum(name) for name in columns)).order_by()
    counts: dict[datetime, Counts] = {}
    before: dict[datetime, Counts] = {}
    for start, *numbers in sums:
        at = _bucket(start, wanted)
        _put(counts if at >= starts[0] else before, at, columns, numbers)
    return Activity(_buckets(starts, counts), reduce(Counts.__add__, before.values(), Counts()))


def _bucket(start: datetime, wanted: Range) -> datetime:
    return datetime.fromtimestamp(int(start.timestamp()) // wanted.bucket * wanted.bucket, UTC)


def _put(counts: dict[datetime, Counts], at: datetime, columns: Iterable[str], numbers: Iterable[int]) -> None:
    counts[at] = counts.get(at, Counts()) + Counts(Counter(dict(zip(columns, numbers, strict=True))))


def _buckets(starts: list[datetime], counts: dict[datetime, Counts]) -> list[Bucket]:
    return [Bucket(start, counts.get(start, Counts())) for start in starts]
