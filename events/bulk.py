"""Many rows in one go: COPY on PostgreSQL, one prepared statement on SQLite.

Django's bulk_create costs several times as much per row, and every event passes here three times.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import Cursor

from events.jsontext import dumps as json

__all__ = ["adapter", "fetch", "ids", "insert", "json", "reserve_ids"]

FEW = 2  # rows: a COPY goes to the server and back twice


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows of plain values (datetime, UUID, text, numbers; JSON as text) in the order of `columns`."""
    table, names = model._meta.db_table, ", ".join(columns)
    if connection.vendor == "postgresql" and isinstance(rows, list) and len(rows) <= FEW:
        for row in rows:
            fetch(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", row)
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django translates the driver's errors for its own calls only, and COPY is none of them.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        adapt = adapter()
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            [tuple(map(adapt, row)) for row in rows],
        )


def fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Runs a statement of the hot path and returns its rows, if it has any.

    On PostgreSQL it is prepared, its parameters apart: Django's cursors write them into the text, which the server
    then parses and plans anew each time, with all their values.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        # Answers in binary: reading a moment from text takes several times as long.
        cursor.execute(sql, parameters, prepare=True, binary=True)
        return cursor.fetchall() if cursor.description else []


def ids(numbers: Iterable[int]) -> str:
    """A parameter for `%s::bigint[]` on PostgreSQL, made in a fraction of the time that the driver takes for a list."""
    return f"{{{','.join(map(str, numbers))}}}"


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for rows about to be inserted by this transaction, ascending."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return [
            pk for (pk,) in fetch("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [_sequence(table), count])
        ]
    with connection.cursor() as cursor:
        # Every SQLite transaction of ours holds the write lock from its start, so nobody else can take these.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        start = (row[0] if row else 0) + 1
        return list(range(start, start + count))


@cache
def _sequence(table: str) -> str:
    """The name of what numbers the table's rows; to ask for it with each number would cost more than the number."""
    return fetch("SELECT pg_get_serial_sequence(%s, 'id')", [table])[0][0]


def adapter() -> Callable[[Any], Any]:
    """How a plain value is written as a parameter of raw SQL on this database."""
    if connection.vendor == "postgresql":
        return _unchanged
    return _for_sqlite


def _unchanged(value: Any) -> Any:
    return value


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    return value
