"""A cohort's members as CSV, a part at a time: a page of the primary key, however large the cohort is."""

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection

from cohorts.models import Cohort, Member, user_id_of
from events.api.limits import HELD, Place
from events.jsontext import dumps, loads
from events.models import Profile

ROWS = 2_000
MOST_COLUMNS = 1_000
MEMBER, PROFILE = Member._meta.db_table, Profile._meta.db_table


def lines(cohort: Cohort, properties: list[str] | None, place: Place) -> Iterator[str]:
    """`amplitude_id,user_id,<properties>`: the number of the profile (empty where none is known yet), the user id
    (empty for a device). `properties`: None for all there are."""
    try:
        names = _names(cohort) if properties is None else properties
        yield _written([["amplitude_id", "user_id", *names]])
        after, kept = "", time.monotonic()
        while rows := _page(cohort, after, with_properties=bool(names)):
            yield _written(_row(names, *row) for row in rows)
            after = rows[-1][0]
            if time.monotonic() - kept > HELD / 3:
                place.keep()
                kept = time.monotonic()
    finally:
        place.leave()


def _page(cohort: Cohort, after: str, *, with_properties: bool) -> list[tuple[str, int | None, Any]]:
    """(identity, profile, properties as text) of the next members."""
    column = "p.properties" if with_properties else "NULL"
    if connection.vendor == "postgresql" and with_properties:
        column = "p.properties::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.identity, p.id, {column} FROM (SELECT identity FROM {MEMBER} WHERE cohort_id = %s "
            f"AND identity > %s ORDER BY identity LIMIT {ROWS}) AS m LEFT JOIN {PROFILE} AS p "
            "ON p.project_id = %s AND p.identity = m.identity ORDER BY m.identity",
            [cohort.pk, after, cohort.project_id],
        )
        return cursor.fetchall()


def _row(names: list[str], identity: str, profile: int | None, properties: str | None) -> list[Any]:
    known = loads(properties) if properties else {}
    return [profile, user_id_of(identity), *(_cell(known.get(name)) for name in names)]


def _cell(value: Any) -> Any:
    """Texts and numbers as they are, lists, objects, true and false as JSON, nothing as an empty cell."""
    return dumps(value) if isinstance(value, (bool, list, dict)) else value


def _names(cohort: Cohort) -> list[str]:
    """Of all properties that members have, at most 1,000."""
    postgresql = connection.vendor == "postgresql"
    each = "json_object_keys(p.properties) AS k(key)" if postgresql else "json_each(p.properties) AS k"
    sql = (
        f"SELECT DISTINCT k.key FROM {MEMBER} AS m JOIN {PROFILE} AS p ON p.project_id = %s "
        f"AND p.identity = m.identity, {each} WHERE m.cohort_id = %s ORDER BY 1 LIMIT {MOST_COLUMNS}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [cohort.project_id, cohort.pk])
        return [name for (name,) in cursor.fetchall()]


def _written(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
