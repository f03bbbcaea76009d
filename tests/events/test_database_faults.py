"""What passes by itself, and what is a mistake of ours."""

import pytest
from django.db import InterfaceError, OperationalError, connection

from events.database_faults import is_mistake


@pytest.mark.django_db
def test_a_statement_that_can_never_work_is_a_mistake() -> None:
    """More columns than either database takes."""
    columns = ", ".join(f"1 AS c{n}" for n in range(2_001))
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
    assert is_mistake(caught.value)


def test_a_database_that_is_locked_or_away_is_none(tmp_path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "a", timeout=0) as one, sqlite3.connect(tmp_path / "a", timeout=0) as other:
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("BEGIN IMMEDIATE")
    error = OperationalError("database is locked")
    error.__cause__ = locked.value
    assert not is_mistake(error)
    assert not is_mistake(InterfaceError("connection already closed"))
