"""What the overview says about a project. All of it is bounded: by the last two days, and by a number of rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.models import CharField, Count, F, Func, Min, QuerySet, Value
from django.utils.timezone import now

from delivery.lane_summary import WORST_FIRST, LaneSummary
from delivery.models import LOST_STATES, Attempt, Delivery, State
from delivery.plots import Plot, Row, Series, stacked
from delivery.timeline import WORD_OF
from destinations.models import Destination
from events.models import Event, Project
from events.time_bounds import first_since

HOURS = 24
MOST_ROWS = 50_000  # deliveries looked at for one overview, and events counted
MOST_DESTINATIONS = 50
TIMED = 100  # newest attempts of a destination that its p95 is of
COUNTED = 100
FIRST_TRIES = 1_000
KEPT_SECONDS = 5
SERIES = (Series("Delivered", "ok"), Series("Retrying", "warn"), Series("Failed", "bad"))

Hour = str  # "2026-11-20 17"
# destination id -> hour -> state -> deliveries created
Counts = dict[int, dict[Hour, Counter[str]]]


@dataclass(frozen=True, slots=True)
class Figure:
    value: str
    change: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    delivery: Delivery
    word: str


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """`cells`: a tone for each of the 24 hours, oldest first, empty without traffic. `p95`: milliseconds."""

    lane: LaneSummary
    cells: list[str]
    sentence: str
    p95: int | None
    volume: int


@dataclass(frozen=True, slots=True)
class Day:
    """`partial`: there were more than MOST_ROWS deliveries, and only the newest of them are counted."""

    events: Figure
    deliveries: Figure
    success: Figure
    waiting: Figure
    next_retry: datetime | None
    plot: Plot
    failures: list[Failure]
    rows: list[DestinationRow]
    partial: bool

    @property
    def worst(self) -> LaneSummary | None:
        """The destination that is failing, if one is."""
        return next((row.lane for row in self.rows if row.lane.health == "failing"), None)


def has_deliveries(project: Project) -> bool:
    """Whether the project is past its first steps: something was delivered, or very much was tried."""
    newest = Delivery.objects.filter(project=project).order_by("-pk").values_list("state", flat=True)[:FIRST_TRIES]
    states = list(newest)
    return State.DELIVERED in states or len(states) == FIRST_TRIES


def failed_lately(project: Project) -> int:
    """How many deliveries made in the last 24 hours were lost, up to 100: reads the newest 100 of each lost state."""
    since = now() - timedelta(hours=HOURS)
    found = (
        created
        for state in LOST_STATES
        for created in _undelivered(project, state).order_by("-pk").values_list("created_at", flat=True)[:COUNTED]
    )
    return min(COUNTED, sum(created >= since for created in found))


def _undelivered(project: Project, state: str) -> "QuerySet[Delivery]":
    """Says of which index it is a part: SQLite takes a partial index only if its very condition stands in the query."""
    return Delivery.objects.filter(project=project, state=state).exclude(state=State.DELIVERED)


def last_day(project: Project) -> Day:
    """The last 24 hours. Kept for seconds, so that many open pages cost no more than one."""
    return cache.get_or_set(f"last-day:{project.pk}", lambda: _last_day(project), KEPT_SECONDS)


def _last_day(project: Project) -> Day:
    moment = now()
    hours = [f"{moment - timedelta(hours=back):%Y-%m-%d %H}" for back in range(2 * HOURS - 1, -1, -1)]
    today, before = hours[HOURS:], hours[:HOURS]
    rows, is_partial = _recent(project, moment - timedelta(hours=2 * HOURS))
    counts = _counts(rows)
    now_, then = _by_state(counts, today), None if is_partial else _by_state(counts, before)
    waiting, next_retry = _retries(project)
    destinations = list(project.destinations.defer("template")[:MOST_DESTINATIONS])
    return Day(
        events=_events(project, moment),
        deliveries=_amount(sum(now_.values()), sum(then.values()) if then else None, most=is_partial),
        success=_success(now_, then),
        waiting=Figure(f"{waiting:,}"),
        next_retry=next_retry,
        plot=_plot(counts, today),
        failures=_failures(project),
        rows=sorted((_row(one, counts, today) for one in destinations), key=_worst_first),
        partial=is_partial,
    )


def _recent(project: Project, since: datetime) -> tuple["QuerySet[Delivery]", bool]:
    """The deliveries since then, and whether that is only the newest MOST_ROWS of them."""
    of_project = Delivery.objects.filter(project=project)
    first = first_since(Delivery.objects.all(), "created_at", since)
    last_counted = of_project.order_by("-pk").values_list("pk", flat=True)[MOST_ROWS - 1 : MOST_ROWS].first() or 0
    return of_project.filter(pk__gte=max(first, last_counted)), last_counted > first


def _counts(rows: "QuerySet[Delivery]") -> Counts:
    grouped = rows.annotate(hour=_hour()).values_list("destination_id", "hour", "state").annotate(Count("pk"))
    counts: Counts = {}
    for destination, hour, state, count in grouped.order_by():
        counts.setdefault(destination, {}).setdefault(hour, Counter())[state] += count
    return counts


def _hour() -> Func:
    """`2026-11-20 17` of created_at, by the database itself: Django's own truncation is Python on SQLite."""
    if connection.vendor == "postgresql":
        return Func(F("created_at"), Value("YYYY-MM-DD HH24"), function="to_char", output_field=CharField())
    return Func(F("created_at"), Value(1), Value(13), function="substr", output_field=CharField())


def _by_state(counts: Counts, hours: Iterable[Hour], destination: int | None = None) -> Counter[str]:
    found: Counter[str] = Counter()
    for of in counts.values() if destination is None else [counts.get(destination, {})]:
        for hour in hours:
            found.update(of.get(hour, {}))
    return found


def _outcomes(states: Counter[str]) -> tuple[int, int, int]:
    """(delivered, retrying, lost): those that had an attempt, in the order of SERIES."""
    return states[State.DELIVERED], states[State.RETRYING], sum(states[state] for state in LOST_STATES)


# -- figures ---------------------------------------------------------------------------------------------------------
def _events(project: Project, moment: datetime) -> Figure:
    rows = Event.objects.filter(project=project)
    day, two_days = (
        first_since(Event.objects.all(), "received_at", moment - timedelta(hours=h)) for h in (HOURS, 2 * HOURS)
    )
    count = rows.filter(pk__gte=day)[: MOST_ROWS + 1].count()
    before = rows.filter(pk__gte=two_days, pk__lt=day)[: MOST_ROWS + 1].count()
    is_partial = max(count, before) > MOST_ROWS
    return _amount(min(count, MOST_ROWS), None if is_partial else before, most=count > MOST_ROWS)


def _amount(count: int, before: int | None, *, most: bool) -> Figure:
    text = f"{count:,}+" if most else f"{count:,}"
    if not before:
        return Figure(text)
    change = 100 * (count - before) / before
    return Figure(text, _signed(change, "%"), "ok" if change >= 0 else "off")


def _success(states: Counter[str], before: Counter[str] | None) -> Figure:
    share = _share(states)
    if share is None:
        return Figure("–")
    earlier = _share(before) if before else None
    if earlier is None:
        return Figure(_percent(share))
    change = 100 * (share - earlier)
    return Figure(_percent(share), _signed(change, "pts"), "ok" if round(change, 1) >= 0 else "bad")


def _share(states: Counter[str]) -> float | None:
    tried = sum(_outcomes(states))
    return states[State.DELIVERED] / tried if tried else None


def _percent(share: float) -> str:
    """Never rounded up to 100: one lost delivery among ten thousand has to be seen."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"


def _signed(change: float, unit: str) -> str:
    sign = "+" if change >= 0 else "−"
    return f"{sign}{abs(change):,.{0 if abs(change) >= 100 else 1}f} {unit}"


def _retries(project: Project) -> tuple[int, datetime | None]:
    """(how many deliveries wait for another attempt, when the first of them is due)."""
    found = _undelivered(project, State.RETRYING)[:MOST_ROWS].aggregate(Count("pk"), Min("next_attempt_at"))
    return found["pk__count"], found["next_attempt_at__min"]


# -- chart, failures, destinations -----------------------------------------------------------------------------------
def _plot(counts: Counts, hours: list[Hour]) -> Plot:
    rows = [Row(f"{hour[-2:]}:00", _outcomes(_by_state(counts, [hour]))) for hour in hours]
    delivered, retrying, lost = (sum(row.counts[n] for row in rows) for n in range(len(SERIES)))
    sentence = f"Deliveries per hour: {delivered:,} delivered, {retrying:,} retrying, {lost:,} failed in 24 hours."
    return stacked("Hour (UTC)", SERIES, rows, sentence)


def _failures(project: Project, count: int = 5) -> list[Failure]:
    """The newest of what went wrong, with the status or, without an answer, the reason in a word."""
    newest = [
        delivery
        for state in (State.RETRYING, *LOST_STATES)
        for delivery in _undelivered(project, state).order_by("-pk").select_related("event", "destination")[:count]
    ]
    newest = sorted(newest, key=lambda delivery: -delivery.pk)[:count]
    attempts = Attempt.objects.filter(delivery__in=[delivery.pk for delivery in newest]).order_by("pk")
    kinds = dict(attempts.values_list("delivery_id", "error_kind"))
    return [Failure(delivery, WORD_OF.get(kinds.get(delivery.pk, ""), "Error")) for delivery in newest]


def _row(destination: Destination, counts: Counts, hours: list[Hour]) -> DestinationRow:
    states = _by_state(counts, hours, destination.pk)
    delivered, retrying, lost = _outcomes(states)
    lane = LaneSummary(destination, waiting=0, delivered=delivered, failed=lost, retrying=retrying)
    cells = [_cell(_by_state(counts, [hour], destination.pk)) for hour in hours]
    troubled = sum(tone in ("warn", "bad") for tone in cells)
    quiet = cells.count("")
    sentence = f"Last 24 hours: {HOURS - troubled - quiet} without trouble, {troubled} with, {quiet} without traffic."
    return DestinationRow(lane, cells, sentence, _p95(destination), sum(states.values()))


def _cell(states: Counter[str]) -> str:
    delivered, retrying, lost = _outcomes(states)
    if not delivered + retrying + lost:
        return ""
    return "bad" if lost else "warn" if retrying else "ok"


def _p95(destination: Destination) -> int | None:
    newest = Delivery.objects.filter(destination=destination, attempts_made__gt=0).order_by("-pk").values("pk")[:TIMED]
    durations = sorted(Attempt.objects.filter(delivery__in=newest).values_list("duration_ms", flat=True))
    return durations[int(len(durations) * 0.95)] if durations else None


def _worst_first(row: DestinationRow) -> tuple[int, str]:
    return WORST_FIRST.index(row.lane.health), row.lane.destination.name.lower()
