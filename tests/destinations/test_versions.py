from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import User

from destinations.models import Destination, EventRulesVersion, TransformationVersion
from destinations.saved_event_rules import replace_rules, rules_of
from destinations.specification import describe, save
from destinations.versions import compare, version_of

pytestmark = pytest.mark.django_db
FIRST = {"mode": "template", "language": "jinja2", "template": '{"a": 1}'}
SECOND = {"mode": "template", "language": "jinja2", "template": '{"a": 2}'}


@pytest.fixture
def destination(make_destination):
    return make_destination(payload=FIRST)


def change(destination, by=None, **keys):
    save(destination.project, describe(destination) | keys, destination, by)


def numbers(destination):
    return [version.number for version in destination.template_versions.all()]


def test_the_first_payload_is_version_1(destination, make_destination):
    version = destination.template_versions.get()
    assert (version.number, version.kind, version.source) == (1, "Jinja2", '{"a": 1}')
    assert make_destination().template_versions.get().kind == "Original event"


@pytest.mark.parametrize("payload", [SECOND, FIRST | {"language": "freemarker"}, {"mode": "raw"}])
def test_a_payload_that_changes_makes_a_version(destination, payload):
    user = User.objects.create(username="ada")
    change(destination, user, payload=payload)
    assert numbers(destination) == [2, 1]
    assert destination.template_version == Destination.objects.get().template_version == 2
    assert version_of(destination.template_versions.all(), "2").created_by == user


@pytest.mark.parametrize("keys", [{}, {"name": "Another"}, {"payload": FIRST}, {"method": "PUT"}])
def test_other_changes_make_none(destination, keys):
    change(destination, **keys)
    assert numbers(destination) == [1]


def test_numbers_count_on_although_another_has_saved(destination):
    stale = Destination.objects.get(pk=destination.pk)
    change(destination, payload=SECOND)
    change(stale, payload={"mode": "raw"})
    assert numbers(destination) == [3, 2, 1]


def test_versions_can_be_compared(destination):
    change(destination, payload=SECOND)
    lines = compare(*(version_of(destination.template_versions.all(), number) for number in ("1", "2")))
    assert [(line.kind, line.text) for line in lines] == [
        ("same", "Jinja2"),
        ("gone", '{"a": 1}'),
        ("new", '{"a": 2}'),
    ]


@pytest.mark.parametrize("number", ["", "x", "0", "3", "9" * 30, "²"])
def test_a_version_that_is_not_there(destination, number):
    assert version_of(destination.template_versions.all(), number) is None


def test_what_was_there_before_versions_is_version_1(project, make_destination):
    migration = import_module("destinations.migrations.0019_first_versions_of_transformations")
    steps = {"steps": [{"step": "drop", "property": "event_properties.x"}]}
    changed = make_destination(name="Changed", transformation=steps)
    make_destination(name="Plain")
    replace_rules(project, [{"types": ["a"], "to": "b", "category": "C"}, {"types": ["d"], "drop": True}])
    TransformationVersion.objects.all().delete()
    EventRulesVersion.objects.all().delete()
    migration.add_first_versions(apps, None)
    first = TransformationVersion.objects.get()
    assert (first.destination, first.number, first.transformation) == (changed, 1, steps)
    first = EventRulesVersion.objects.get()
    assert (first.project, first.number, first.rules) == (project, 1, rules_of(project))
