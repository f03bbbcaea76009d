"""Cohorts and syncs as data: saved and described, and what is refused."""

import pytest

from cohorts.models import Cohort, Member
from cohorts.specification import (
    InvalidCohort,
    describe_cohort,
    describe_sync,
    save_cohort,
    save_sync,
    users_of,
)
from events.models import AuditEntry

pytestmark = pytest.mark.django_db

PAYING = {"match": "all", "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}]}


def test_a_defined_cohort_is_described_as_it_was_given(project):
    given = {"name": "Paying", "kind": "defined", "definition": PAYING, "cadence": {"daily_at": "06:30"}}
    cohort, change = save_cohort(project, given)
    assert (change, describe_cohort(cohort)) == ("created", given)
    assert cohort.next_at
    planned = cohort.next_at
    assert save_cohort(project, describe_cohort(cohort), cohort)[1] == "unchanged"
    _, change = save_cohort(project, given | {"description": "Who pays"}, cohort)
    assert (change, cohort.next_at) == ("changed", planned)
    save_cohort(project, given | {"cadence": "once"}, cohort)
    assert cohort.next_at is None
    assert AuditEntry.objects.filter(object_type="cohort").count() == 3


def test_a_listed_cohort_holds_its_users(project):
    cohort, _ = save_cohort(project, {"name": "Friends", "users": ["bob", " ann ", 7, "bob", 'o\'brien, "the" ünï']})
    assert cohort.kind == "listed"
    described = describe_cohort(cohort, with_users=True)
    assert described["users"] == sorted(["7", "ann", "bob", 'o\'brien, "the" ünï'])
    assert save_cohort(project, described, cohort)[1] == "unchanged"
    assert save_cohort(project, described | {"users": ["ann"]}, cohort)[1] == "changed"
    assert list(Member.objects.values_list("identity", flat=True)) == ["u:ann"]
    assert save_cohort(project, {"name": "Friends", "kind": "listed"}, cohort)[1] == "unchanged"
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": " ", "definition": PAYING}, "name", "1 to 200"),
        ({"name": "Taken", "definition": PAYING}, "name", "already"),
        ({"name": "A", "kind": "dynamic"}, "kind", "defined, listed"),
        ({"name": "A", "definition": {"conditions": []}}, "definition.conditions", "at least one"),
        (
            {"name": "A", "definition": {"conditions": [{"in_cohort": "Nobody"}]}},
            "definition.conditions.0.in_cohort",
            "no cohort",
        ),
        ({"name": "A", "definition": PAYING, "cadence": {"every_minutes": 0}}, "cadence.every_minutes", "minutes"),
        ({"name": "A", "definition": PAYING, "cadence": "weekly"}, "cadence", "once, hourly"),
        ({"name": "A", "users": "ann"}, "users", "list"),
        ({"name": "A", "users": ["ann", "  "]}, "users.1", "blank"),
        ({"name": "A", "users": ["a\0b"]}, "users.0", "NUL"),
        ({"name": "A", "users": ["x" * 513]}, "users.0", "512"),
        ({"name": "A", "users": [], "definition": PAYING}, "definition", "no definition"),
        ({"name": "A", "definition": PAYING, "colour": 1}, "colour", "Known"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(project, given, field, words):
    save_cohort(project, {"name": "Taken", "users": []})
    with pytest.raises(InvalidCohort) as refused:
        save_cohort(project, given)
    assert [problem.field for problem in refused.value.problems if words in problem.message] == [field]
    assert Cohort.objects.count() == 1


def test_a_cohort_cannot_be_built_on_itself(project):
    first, _ = save_cohort(project, {"name": "First", "definition": PAYING})
    second, _ = save_cohort(project, {"name": "Second", "definition": {"conditions": [{"in_cohort": "First"}]}})
    third, _ = save_cohort(project, {"name": "Third", "definition": {"conditions": [{"not_in_cohort": "Second"}]}})
    assert users_of(first) == [second]
    assert describe_cohort(third)["definition"]["conditions"] == [{"not_in_cohort": "Second"}]
    with pytest.raises(InvalidCohort, match="First → Third → Second → First"):
        save_cohort(project, {"name": "First", "definition": {"conditions": [{"in_cohort": "Third"}]}}, first)
    with pytest.raises(InvalidCohort, match="First → First"):
        save_cohort(project, {"name": "First", "definition": {"conditions": [{"in_cohort": "First"}]}}, first)


def test_a_renamed_cohort_keeps_what_is_built_on_it(project):
    first, _ = save_cohort(project, {"name": "First", "definition": PAYING})
    second, _ = save_cohort(project, {"name": "Second", "definition": {"conditions": [{"in_cohort": "First"}]}})
    save_cohort(project, {"name": "Renamed", "definition": PAYING}, first)
    assert describe_cohort(second)["definition"]["conditions"] == [{"in_cohort": "Renamed"}]


def test_syncs(project, make_destination, make_cohort):
    cohort = make_cohort()
    destination = make_destination(name="Hook")
    given = {"destination": "Hook", "properties": ["plan"], "cadence": {"every_minutes": 15}, "batch_size": 500}
    sync, change = save_sync(cohort, given)
    assert (change, describe_sync(sync), sync.destination) == ("created", given, destination)
    assert save_sync(cohort, given, sync)[1] == "unchanged"
    with pytest.raises(InvalidCohort, match="already"):
        save_sync(cohort, given)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"destination": "Nowhere"}, "destination", "no destination"),
        ({}, "destination", "Choose"),
        ({"destination": "Hook", "properties": [f"p{n}" for n in range(51)]}, "properties", "51 user properties"),
        ({"destination": "Hook", "properties": "plan"}, "properties", "list"),
        ({"destination": "Hook", "batch_size": 10_001}, "batch_size", "10,000"),
        ({"destination": "Hook", "batch_size": 0}, "batch_size", "whole number"),
        ({"destination": "Hook", "cadence": "now"}, "cadence", "once"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_syncs_that_are_refused(make_cohort, make_destination, given, field, words):
    make_destination(name="Hook")
    with pytest.raises(InvalidCohort) as refused:
        save_sync(make_cohort(), given)
    assert [problem.field for problem in refused.value.problems if words in problem.message] == [field]
