"""When a cohort is computed and a sync runs by itself. (pure)

A cadence is kept in step with the clock, not with when the last run ended: hourly is at each full hour, every N
minutes counts from midnight UTC. Daily is at an hour of the project's own day, whatever daylight saving does to it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cohorts.models import Cadence, Scheduled

MOST_MINUTES = 24 * 60


class BadCadence(ValueError):
    """A cadence that is refused; `field` is the key that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked cadence, as the columns of `Scheduled`."""

    cadence: str
    every_minutes: int | None = None
    daily_at: time | None = None

    @property
    def words(self) -> str:
        match self.cadence:
            case Cadence.MINUTES:
                return "every minute" if self.every_minutes == 1 else f"every {self.every_minutes} minutes"
            case Cadence.HOURLY:
                return "hourly"
            case Cadence.DAILY:
                assert self.daily_at
                return f"daily at {self.daily_at:%H:%M}"
        return "once"


def check_cadence(given: Any) -> Plan:
    """`once`, `hourly`, {every_minutes: N} or {daily_at: "HH:MM"}. Raises BadCadence."""
    if given in (None, "", Cadence.ONCE):
        return Plan(Cadence.ONCE)
    if given == Cadence.HOURLY:
        return Plan(Cadence.HOURLY)
    if isinstance(given, dict) and len(given) == 1:
        if "every_minutes" in given:
            return Plan(Cadence.MINUTES, every_minutes=_minutes(given["every_minutes"]))
        if "daily_at" in given:
            return Plan(Cadence.DAILY, daily_at=_time(given["daily_at"]))
    raise BadCadence("cadence", 'Write once, hourly, {every_minutes: 15} or {daily_at: "06:30"}.')


def described(scheduled: Scheduled) -> Any:
    """What `check_cadence` would take to make it."""
    if scheduled.cadence == Cadence.MINUTES:
        return {"every_minutes": scheduled.every_minutes}
    if scheduled.cadence == Cadence.DAILY and scheduled.daily_at:
        return {"daily_at": f"{scheduled.daily_at:%H:%M}"}
    return str(scheduled.cadence)


def plan_of(scheduled: Scheduled) -> Plan:
    return Plan(scheduled.cadence, scheduled.every_minutes, scheduled.daily_at)


def next_after(plan: Plan, moment: datetime, zone: str = "UTC") -> datetime | None:
    """The first time after `moment` (aware) that the plan names; None for once."""
    moment = moment.astimezone(UTC)
    match plan.cadence:
        case Cadence.HOURLY:
            return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Cadence.MINUTES:
            midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
            step = timedelta(minutes=plan.every_minutes or 1)
            return min(midnight + ((moment - midnight) // step + 1) * step, midnight + timedelta(days=1))
        case Cadence.DAILY:
            assert plan.daily_at
            today = moment.astimezone(ZoneInfo(zone)).date()
            return next(at for days in range(3) if (at := _at(today, days, plan.daily_at, zone)) > moment)
    return None


def _at(today: date, days: int, hour: time, zone: str) -> datetime:
    return datetime.combine(today + timedelta(days=days), hour, ZoneInfo(zone)).astimezone(UTC)


def _minutes(given: Any) -> int:
    try:
        minutes = int(given) if not isinstance(given, bool) else 0
    except (TypeError, ValueError):
        minutes = 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadCadence("every_minutes", f"Write a whole number of minutes from 1 to {MOST_MINUTES:,}.")
    return minutes


def _time(given: Any) -> time:
    if isinstance(given, int) and not isinstance(given, bool):  # YAML reads 6:30 as 390
        given = f"{given // 60:02d}:{given % 60:02d}"
    try:
        return given if isinstance(given, time) else time.fromisoformat(given).replace(second=0, microsecond=0)
    except (TypeError, ValueError):
        raise BadCadence("daily_at", "Write an hour and minutes such as 06:30.") from None
