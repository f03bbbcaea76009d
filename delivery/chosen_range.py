"""The stretch of time that a page with charts shows: one of three, as ?range= in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.activity import LAST_DAY, LAST_HOUR, LAST_WEEK, Range


@dataclass(frozen=True, slots=True)
class ChosenRange:
    """`words` follow "in the", `before` "vs. the", `each` "per"; `unit` heads the column of the buckets' names."""

    key: str
    range: Range
    words: str
    before: str
    each: str
    unit: str
    label_every: int
    format: str = "%H:%M"

    @property
    def hours(self) -> int:
        return int(self.range.length.total_seconds()) // 3600

    def name(self, start: datetime) -> str:
        """Of the bucket that begins then."""
        return start.strftime(self.format)

    def edges(self, starts: Sequence[datetime]) -> list[datetime]:
        """When the buckets that begin at `starts` begin, and when the last of them ends."""
        return [*starts, *(starts[-1:] and [starts[-1] + timedelta(seconds=self.range.bucket)])]


DAY = ChosenRange("24h", LAST_DAY, "last 24 hours", "day before", "hour", "Hour (UTC)", 4)
CHOICES = (
    ChosenRange("1h", LAST_HOUR, "last hour", "hour before", "minute", "Minute (UTC)", 10),
    DAY,
    ChosenRange("7d", LAST_WEEK, "last 7 days", "7 days before", "6 hours", "6 hours from (UTC)", 4, "%a %H:%M"),
)


def chosen_range(query: Mapping[str, str]) -> ChosenRange:
    """The one that is asked for, else the day."""
    return next((choice for choice in CHOICES if choice.key == query.get("range")), DAY)
