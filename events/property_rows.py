"""Rows that hold properties under a key (profiles, groups), read and written many at a time.

Keys and values are tuples of texts, the values JSON. The ORM would cost several times as much per row.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import connection, models

from events import bulk
from events.jsontext import dumps

Texts = tuple[str, ...]

# SQLite takes 32,766 parameters.
ROWS_PER_STATEMENT = 2_000


@dataclass(frozen=True)
class PropertyRows:
    """The table of `model`: its rows belong to a project, `keys` are unique in it, `values` are JSON columns, `moments`
    take the time of an insert, the last of them also that of an update. `read_only`: JSON columns that somebody else
    keeps; they are read behind the values and never written."""

    model: type[models.Model]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    moments: tuple[str, ...]
    read_only: tuple[str, ...] = ()

    def read(self, project_id: int, keys: Collection[Texts], *, lock: bool = False) -> dict[Texts, Texts]:
        """Values by key, of those that exist. `lock`: nobody else changes them until the transaction ends.

        Locks are taken in the order of the keys, so that two requests cannot wait for each other crosswise.
        """
        if not keys:
            return {}
        if connection.vendor == "postgresql":
            order = f" ORDER BY {', '.join(self.keys)} FOR UPDATE OF stored" if lock else ""
            rows = bulk.fetch(self._select_postgresql() + order, [*_columns(keys), project_id])
        else:  # a SQLite transaction of ours holds the write lock from its start
            rows = bulk.fetch(self._select_sqlite(), [project_id, dumps(list(keys))])
        split = len(self.keys)
        return {row[:split]: row[split:] for row in rows}

    def _select_postgresql(self) -> str:
        keys = ", ".join(self.keys)
        values = ", ".join(f"{name}::text" for name in (*self.values, *self.read_only))
        wanted = ", ".join(["%s::text[]"] * len(self.keys))
        return (
            f"SELECT {keys}, {values} FROM {self.model._meta.db_table} AS stored "
            f"JOIN unnest({wanted}) AS wanted({keys}) USING ({keys}) WHERE project_id = %s"
        )

    def _select_sqlite(self) -> str:
        keys = ", ".join(self.keys)
        wanted = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(self.keys)))
        return (
            f"SELECT {keys}, {', '.join((*self.values, *self.read_only))} FROM {self.model._meta.db_table} "
            f"WHERE project_id = %s AND ({keys}) IN (SELECT {wanted} FROM json_each(%s))"
        )

    def settle(
        self,
        project_id: int,
        stored: dict[Texts, Texts],
        replay: Callable[[dict[Texts, Texts]], dict[Texts, Texts]],
        at: datetime,
    ) -> None:
        """Writes what `replay` makes of the stored rows: it returns the new and the changed ones.

        Rows that stay as they are, the usual case, are neither locked nor written. Those that change are read again
        under a lock, and where another request was faster, everything is replayed on what that one left.
        """
        result = replay(stored)
        new = {key: texts for key, texts in result.items() if key not in stored}
        inserted = self.insert(project_id, new, at)
        contended = result.keys() - inserted
        if not contended:
            return
        locked = self.read(project_id, contended, lock=True)
        if any(stored.get(key) != texts for key, texts in locked.items()):
            result = replay(stored | locked)
        written = {key: new[key] for key in inserted}
        self.replace(project_id, {key: texts for key, texts in result.items() if written.get(key) != texts}, at)

    def insert(self, project_id: int, rows: dict[Texts, Texts], at: datetime) -> set[Texts]:
        """Writes those that do not exist; returns their keys. The others came from another request in the meantime."""
        return self._write(project_id, rows, at, "DO NOTHING")

    def replace(self, project_id: int, rows: dict[Texts, Texts], at: datetime) -> None:
        """Writes new values into rows that were read with `lock`."""
        columns = (*self.values, self.moments[-1])
        self._write(project_id, rows, at, "DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in columns))

    def _write(self, project_id: int, rows: dict[Texts, Texts], at: datetime, on_conflict: str) -> set[Texts]:
        columns = ("project_id", *self.keys, *self.values, *self.moments)
        keys = ", ".join(self.keys)
        place = f"({', '.join(['%s'] * len(columns))})"
        moments = (bulk.adapter()(at),) * len(self.moments)
        written: set[Texts] = set()
        ordered = sorted(rows.items())
        for start in range(0, len(ordered), ROWS_PER_STATEMENT):
            part = ordered[start : start + ROWS_PER_STATEMENT]
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {self.model._meta.db_table} ({', '.join(columns)}) "
                    f"VALUES {', '.join([place] * len(part))} "
                    f"ON CONFLICT (project_id, {keys}) {on_conflict} RETURNING {keys}",
                    list(chain.from_iterable((project_id, *key, *texts, *moments) for key, texts in part)),
                )
                written.update(cursor.fetchall())
        return written


def _columns(rows: Collection[Texts]) -> list[list[str]]:
    return [list(column) for column in zip(*rows, strict=True)]
