"""A condition in SQL says of a value what the same condition says of an event's."""

import itertools

import pytest
from django.db import connection
from django.utils.timezone import now

from cohorts.definition import check_definition
from cohorts.members_sql import members
from destinations.conditions import compile_condition
from destinations.filter_rules import check_filter
from events.models import Profile

VALUES = {
    "pro": "pro", "Pro": "Pro", "empty text": "", "fifty": 50, "fifty as text": "50", "a half": 50.5, "minus": -3,
    "large": 12_345_678_901_234, "true": True, "false": False, "true as text": "TRUE", "null": None, "list": ["pro", 7],
    "empty list": [], "list of nothing": [None], "object": {"a": 1}, "empty object": {}, "day": "2026-01-15",
    "moment": "2026-01-15T09:30:00Z", "with offset": "2026-01-15 23:30:00+03:00", "no day": "2026-02-30",
    "version": "2.10.1", "older": "2.9", "sentence": "it's 100% “quoted” \\ ünïcode", "list of days": ["2026-01-01"],
    "zero": 0, "fifty with fraction": 50.0, "number with spaces": " 50 ",
}  # fmt: skip
RULES = [
    ("is", "pro"), ("is not", "pro"), ("is", 50), ("is", "50"), ("is", True), ("is", "2026-01-15"), ("is not", False),
    ("contains", "ro"), ("contains", "5"), ("does not contain", "o"), ("contains", "%"), ("contains", "\\"),
    ("starts with", "P"), ("ends with", "0"), ("ends with", "code"), ("starts with", "it's"), ("matches", "^p.o$"),
    ("matches", "[0-9]+"), ("greater than", 7), ("at least", 50), ("less than", 0), ("at most", 50.5),
    ("between", [-5, 60]), ("greater than", "2026-01-15"), ("at least", "2026-01-15"), ("less than", "2026-01-16"),
    ("at most", "2026-01-15T09:30:00Z"), ("between", ["2026-01-01", "2026-01-31"]), ("greater than", "2.9"),
    ("at most", "2.10"), ("is set", None), ("is not set", None), ("in list", ["pro", 50, True]),
    ("not in list", ["pro", "7"]), ("in list", ["2026-01-15"]), ("is", 10**99), ("less than", 10**400),
    ("at most", -(10**99)), ("in list", [50, -(10**400)]),
]  # fmt: skip


@pytest.mark.parametrize("name", ["plan", "app.version", "deep.plan"])
@pytest.mark.parametrize(("operator", "value"), RULES, ids=str)
def test_as_filters_say(project, operator, value, name):
    def properties(stored):
        return {"deep": {"plan": stored}} if name == "deep.plan" else {name: stored}

    moment = now()
    rows = {f"u:{key}": properties(stored) for key, stored in VALUES.items()} | {"u:nothing": {}}
    Profile.objects.bulk_create(
        Profile(project=project, identity=identity, properties=stored, groups={}, created_at=moment, updated_at=moment)
        for identity, stored in rows.items()
    )
    rule = {"property": f"user_properties.{name}", "operator": operator, **({} if value is None else {"value": value})}
    passes = compile_condition(check_filter({"conditions": [rule]})["conditions"][0]).passes
    expected = {identity for identity, stored in rows.items() if passes({"user_properties": stored})}

    statement = members(project.pk, check_definition({"conditions": [rule]}))

    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.parameters)
        found = {identity for (identity,) in cursor.fetchall()}
    assert found == expected


def test_the_table_tells_operators_apart():
    assert len({operator for operator, _ in RULES}) == 16
    assert len(list(itertools.product(RULES, VALUES))) > 900
