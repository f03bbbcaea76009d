"""What the overview says about a project: figures and cells from the road's counters, and the latest failures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import Min, OuterRef, Subquery

from delivery import activity
from delivery.activity import Activity, Bucket, Counts
from delivery.chosen_range import DAY, ChosenRange
from delivery.lane_summary import LaneSummary, without_waiting, worst_first
from delivery.log import in_state
from delivery.models import LOST_STATES, Attempt, Delivery, State
from delivery.plots import Plot, Row, Series, stacked
from delivery.timeline import WORD_OF
from delivery.waiting import OPEN_IN_SQL, SHOWN
from events.models import Project

MOST_DESTINATIONS = 50
COUNTED = 100  # from so many failures on, their exact number is of no use in a menu
FIRST_TRIES = 1_000
KEPT_SECONDS = 5
LEAST_COMPARED = 20  # a change against fewer says nothing
MANY_TIMES = 10  # from so much on, a multiple is easier to read than percents
SERIES = (Series("Delivered", "ok"), Series("Retrying", "warn"), Series("Failed", "bad"), Series("Cancelled", "off"))


@dataclass(frozen=True, slots=True)
class Figure:
    """`note` goes on from `change`: "vs. the day before"."""

    value: str
    change: str = ""
    tone: str = ""
    note: str = ""


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
class Lately:
    """Figures and chart are of the chosen range, with the change against as long before; `rows` are of 24 hours."""

    events: Figure
    deliveries: Figure
    success: Figure
    waiting: Figure
    next_retry: datetime | None
    plot: Plot
    failures: list[Failure]
    rows: list[DestinationRow]
    destinations: int  # of which `rows` are the worst

    @property
    def worst(self) -> LaneSummary | None:
        """The destination that is held or failing, if one is."""
        return next((row.lane for row in self.rows if row.lane.is_in_trouble), None)


def has_deliveries(project: Project) -> bool:
    """Whether the project is past its first steps: something was delivered, or very much was tried."""
    newest = Delivery.objects.filter(project=project).order_by("-pk").values_list("state", flat=True)[:FIRST_TRIES]
    states = list(newest)
    return State.DELIVERED in states or len(states) == FIRST_TRIES


def failed_lately(project: Project) -> int:
    """How many deliveries made in the last 24 hours were lost."""
    return activity.lost_lately(project)


def lately(project: Project, chosen: ChosenRange = DAY) -> Lately:
    """How it is going. Kept for seconds, so that many open pages cost no more than one."""
    found = cache.get_or_set(f"lately:{project.pk}:{chosen.key}", lambda: _lately(project, chosen), KEPT_SECONDS)
    assert isinstance(found, Lately)
    return found


def _lately(project: Project, chosen: ChosenRange) -> Lately:
    found = activity.of_project(project, chosen.range)
    waiting = activity.waiting_for_retry(project)
    return Lately(
        events=_amount(*activity.events_received(project, chosen.range), chosen),
        deliveries=_amount(found.total.created, found.before.created, chosen),
        success=_success(found, chosen),
        waiting=Figure(f"{sum(waiting.values()):,}"),
        next_retry=_next_retry(project, waiting),
        plot=_plot(found.buckets, chosen),
        failures=_failures(project),
        rows=_rows(_worst(project)),
        destinations=project.destinations.count(),
    )


# -- figures ---------------------------------------------------------------------------------------------------------
def _amount(count: int, before: int, chosen: ChosenRange) -> Figure:
    change = activity.change(count, before)
    if change is None or before < LEAST_COMPARED:
        return Figure(f"{count:,}")
    if count >= MANY_TIMES * before:
        return Figure(f"{count:,}", f"{count / before:,.0f} ×", "ok", f"the {chosen.before}")
    return Figure(f"{count:,}", _signed(100 * change, "%"), "ok" if change >= 0 else "off", f"vs. the {chosen.before}")


def _success(found: Activity, chosen: ChosenRange) -> Figure:
    share, change = found.total.success, found.success_change
    if share is None:
        return Figure("–")
    if change is None:
        return Figure(_percent(share))
    tone = "ok" if round(100 * change, 1) >= 0 else "bad"
    return Figure(_percent(share), _signed(100 * change, "pts"), tone, f"vs. the {chosen.before}")


def _percent(share: float) -> str:
    """Never rounded up to 100: one lost delivery among ten thousand has to be seen."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.9):.1f} %"


def _signed(change: float, unit: str) -> str:
    rounded = round(change, 0 if abs(change) >= 100 else 1)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{0 if abs(rounded) >= 100 else 1}f} {unit}"


def _next_retry(project: Project, lanes: Iterable[int]) -> datetime | None:
    """When the first of the waiting deliveries is due, where anything is sent: one key look-up for each destination."""
    sending = project.destinations.filter(pk__in=list(lanes), enabled=True, paused_at=None)
    sending = sending.exclude(lane_health__held_since__isnull=False)
    waiting = Delivery.objects.filter(state=State.RETRYING).extra(where=[OPEN_IN_SQL])  # noqa: S610 - our own words
    of_lane = waiting.filter(destination=OuterRef("pk")).order_by("next_attempt_at").values("next_attempt_at")
    return sending.annotate(due=Subquery(of_lane[:1])).aggregate(first=Min("due"))["first"]


# -- chart, failures, destinations -----------------------------------------------------------------------------------
def _plot(buckets: list[Bucket], chosen: ChosenRange) -> Plot:
    rows = [Row(chosen.name(bucket.start), _outcomes(bucket.counts)) for bucket in buckets]
    delivered, retrying, lost, cancelled = _outcomes(activity.total(buckets))
    counts = f"{delivered:,} delivered, {retrying:,} retrying, {lost:,} failed"
    counts += f", {cancelled:,} cancelled" if cancelled else ""
    sentence = f"Deliveries per {chosen.each}: {counts} in the {chosen.words}."
    edges = chosen.edges([bucket.start for bucket in buckets])
    return stacked(chosen.unit, SERIES, rows, sentence, chosen.label_every, edges)


def _outcomes(counts: Counts) -> tuple[int, int, int, int]:
    """In the order of SERIES."""
    return counts.delivered, counts.retrying, counts.lost, counts.cancelled


def _failures(project: Project, count: int = 5) -> list[Failure]:
    """The newest of what went wrong, with the status or, without an answer, the reason in a word."""
    rows = Delivery.objects.filter(project=project).order_by("-pk").select_related("event", "destination")
    newest = [row for state in (State.RETRYING, *LOST_STATES) for row in in_state(rows, state)[:count]]
    newest = sorted(newest, key=lambda delivery: -delivery.pk)[:count]
    attempts = Attempt.objects.filter(delivery__in=[delivery.pk for delivery in newest]).order_by("pk")
    kinds = dict(attempts.values_list("delivery_id", "error_kind"))
    return [Failure(delivery, WORD_OF.get(kinds.get(delivery.pk, ""), "Error")) for delivery in newest]


def _worst(project: Project) -> list[LaneSummary]:
    """Those that need looking at most: hours are then read of these only."""
    lanes = without_waiting(project.destinations.only(*SHOWN))
    return sorted(lanes, key=worst_first)[:MOST_DESTINATIONS]


def _rows(lanes: list[LaneSummary]) -> list[DestinationRow]:
    keys = [lane.destination.pk for lane in lanes]
    hours, times = activity.by_destination(keys), activity.answer_times(keys, 95)
    return [_row(lane, hours[key], times.get(key)) for key, lane in zip(keys, lanes, strict=True)]


def _row(lane: LaneSummary, hours: list[Bucket], p95: int | None) -> DestinationRow:
    cells = [hour.counts.tone for hour in hours]
    troubled, quiet = sum(tone in ("warn", "bad") for tone in cells), cells.count("")
    calm = len(cells) - troubled - quiet
    sentence = f"Last 24 hours: {calm} without trouble, {troubled} with, {quiet} without traffic."
    return DestinationRow(lane, cells, sentence, p95, activity.total(hours).created)
