from datetime import timedelta

import pytest
from django.utils.timezone import now

from events import write_keys
from events.models import Project
from events.write_keys import forget_write_keys, old_key, project_of, replace


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget_write_keys()
    yield
    forget_write_keys()


def test_a_key_is_looked_up_once(project, django_assert_num_queries):
    assert project_of(project.api_key) == project
    with django_assert_num_queries(0):
        assert project_of(project.api_key) == project


def test_a_wrong_key_is_looked_up_once(project, django_assert_num_queries):
    assert project_of("wrong") is None
    with django_assert_num_queries(0):
        assert project_of("wrong") is None


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "ü", "x" * 65, 7, None, True, ["a"], {"a": 1}])
def test_what_can_be_no_key_costs_no_query(db, django_assert_num_queries, key):
    with django_assert_num_queries(0):
        assert project_of(key) is None


def test_a_change_shows_at_once(project):
    project_of(project.api_key)
    assert project_of("other") is None
    old, project.api_key = project.api_key, "other"
    project.save()
    assert project_of(old) is None
    assert project_of("other") == project


def test_what_is_remembered_ends(project, monkeypatch):
    clock = 1000.0
    monkeypatch.setattr(write_keys, "monotonic", lambda: clock)
    assert project_of("new") is None
    assert project_of(project.api_key) == project
    Project.objects.filter(pk=project.pk).update(api_key="new")  # as another process would
    clock += write_keys.NOT_FOUND_SECONDS
    assert project_of("new") == project
    clock += write_keys.FOUND_SECONDS
    assert project_of(project.api_key) is None


def test_random_keys_take_no_more_than_their_room(db, monkeypatch):
    monkeypatch.setattr(write_keys, "MAX_REMEMBERED", 3)
    for number in range(10):
        project_of(f"random-{number}")
    assert len(write_keys._remembered) == 3


def test_a_replaced_key_goes_on_for_a_while(project, monkeypatch):
    old = project.api_key
    new = replace(project, hours=24)
    assert {project_of(old), project_of(new)} == {project}
    assert old_key(project) == old
    later = now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(write_keys, "now", lambda: later)
    forget_write_keys()
    assert (project_of(old), project_of(new)) == (None, project)
    assert old_key(project) is None


def test_or_ends_at_once(project):
    old = project.api_key
    replace(project, hours=0)
    assert project_of(old) is None


def test_only_one_goes_on(project):
    first = project.api_key
    second = replace(project, hours=24)
    third = replace(project, hours=24)
    assert (project_of(first), project_of(second), project_of(third)) == (None, project, project)


def test_when_each_was_last_used(project):
    old, moment = project.api_key, now()
    project_of(old)
    project.refresh_from_db()
    assert project.api_key_used_at >= moment
    new = replace(project, hours=24)
    project.refresh_from_db()
    assert (project.api_key_used_at, project.old_api_key_used_at >= moment) == (None, True)
    project_of(new)
    project.refresh_from_db()
    assert project.api_key_used_at >= moment
