"""Counters: rows of numbers per minute and per hour, so that charts need not scan what was counted.

Whoever writes rows counts them in memory, in a Tally, and adds it up as the last statement of the same transaction:
the counters agree with the rows, and a counter row, which many transactions want, is locked for the commit only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models

from events import bulk

Key = tuple[Any, ...]
Kept = Mapping[int, timedelta]

MINUTE, HOUR = 60, 3600  # seconds that a row covers
# Rows are added to until they are this old, and removed only after that: a row never comes back with a part of its sum.
KEPT: Kept = {MINUTE: timedelta(hours=3), HOUR: timedelta(days=90)}
REMOVED_AFTER = timedelta(hours=1)
ROWS_PER_STATEMENT = 500


class Tally:
    """Numbers by owner and minute, until they are written to `model`, whose key is (*`owner`, span, start)."""

    def __init__(self, model: type[models.Model], *owner: str, kept: Kept = KEPT) -> None:
        self.model, self.keys, self.kept = model, (*owner, "span", "start"), kept
        self._minutes: dict[tuple[Key, int], dict[str, int]] = {}

    def add(self, owner: int | Key, at: datetime, name: str, count: int = 1) -> None:
        """`name`: the column; `at`: when it happened."""
        key = owner if isinstance(owner, tuple) else (owner,)
        counts = self._minutes.setdefault((key, int(at.timestamp()) // MINUTE), {})
        counts[name] = counts.get(name, 0) + count

    def write(self, moment: datetime) -> None:
        """Adds everything to the rows that are still kept at `moment`."""
        rows: dict[Key, Counter[str]] = {}
        now = moment.timestamp()
        for (owner, minute), counts in self._minutes.items():
            for span, kept in self.kept.items():
                start = minute * MINUTE // span * span
                if now - start <= kept.total_seconds():
                    rows.setdefault((*owner, span, start), Counter()).update(counts)
        dated = {(*owner, span, datetime.fromtimestamp(start, UTC)): n for (*owner, span, start), n in rows.items()}
        add_up(self.model, self.keys, dated)


def add_up(model: type[models.Model], keys: Sequence[str], rows: Mapping[Key, Mapping[str, int]]) -> None:
    """Adds `rows` ({key: {column: number}}) to the model's rows, which begin at zero.

    In the order of the keys, so that two transactions cannot wait for each other crosswise.
    """
    columns = sorted({name for counts in rows.values() for name, count in counts.items() if count})
    ordered = [(key, counts) for key, counts in sorted(rows.items()) if any(counts.values())]
    table, adapt = model._meta.db_table, bulk.adapter()
    places = ", ".join(["%s"] * len(keys))
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in columns)
    for first in range(0, len(ordered), ROWS_PER_STATEMENT):
        part = ordered[first : first + ROWS_PER_STATEMENT]
        # The numbers stand in the statement: as parameters they would cost many times as much.
        rows_in_sql = (f"({places}, {', '.join(str(int(n.get(name, 0))) for name in columns)})" for _, n in part)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join([*keys, *columns])}) VALUES {', '.join(rows_in_sql)} "
                f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}",
                [adapt(value) for key, _ in part for value in key],
            )


def remove_old(model: type[models.Model], moment: datetime, kept: Kept = KEPT) -> int:
    """Removes rows that are no longer added to, those of one minute or hour at a time. Returns how many."""
    removed = 0
    for span, time in kept.items():
        old = model._default_manager.filter(span=span, start__lt=moment - time - REMOVED_AFTER)
        while start := old.order_by("start").values_list("start", flat=True).first():
            removed += model._default_manager.filter(span=span, start=start).delete()[0]
    return removed
