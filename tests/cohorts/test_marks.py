"""What the profiles, and with them the events, say of the cohorts that a user is in."""

import pytest

from cohorts import jobs, marks
from cohorts.computation import add_and_remove, compute, replace_members
from cohorts.models import Cohort, Kind, Member
from destinations.filter_rules import check_filter
from destinations.filters import compile_filter
from events.models import Event, Profile
from events.profiles import PROFILES

pytestmark = pytest.mark.django_db(transaction=True)


def marked(cohort):
    """The users whose profiles name the cohort."""
    return {p.identity[2:] for p in Profile.objects.all() if cohort.public_id in p.cohorts}


def members(cohort):
    return {identity[2:] for identity in Member.objects.filter(cohort=cohort).values_list("identity", flat=True)}


def test_profiles_follow_who_enters_and_who_leaves(make_users, make_cohort):
    make_users("ann", "bob", plan="pro")
    make_users("cat", plan="free")
    cohort, friends = make_cohort(), make_cohort(name="Friends", kind=Kind.LISTED, definition={})
    compute(cohort, "by hand")
    replace_members(friends, ["u:bob", "u:cat", "u:never seen"], "API")
    assert marked(cohort) == {"ann", "bob"}
    assert Profile.objects.get(identity="u:bob").cohorts == [cohort.public_id, friends.public_id]
    Profile.objects.filter(identity="u:ann").update(properties={})
    compute(cohort, "by hand")
    add_and_remove(friends, ["u:ann"], ["u:bob"], "API")
    assert (marked(cohort), marked(friends)) == ({"bob"}, {"ann", "cat"})
    assert marks.behind() == []


def test_of_many_changes_the_rest_follows_in_steps(make_users, make_cohort, monkeypatch):
    make_users(*(f"user {number}" for number in range(25)))
    monkeypatch.setattr(marks, "STEP", 10)
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, [f"u:user {number}" for number in range(25)], "API")
    assert len(marked(cohort)) == 10
    add_and_remove(cohort, ["u:new"], [f"u:user {number}" for number in range(20)], "API")
    assert marks.behind() == [cohort.pk]
    while marks.follow(cohort.pk):
        pass
    assert marks.behind() == []
    assert marked(cohort) == members(cohort) - {"new"} == {f"user {number}" for number in range(20, 25)}


def test_a_cohort_is_taken_out_of_profiles(make_users, make_cohort):
    make_users("o'brien", "ünï")
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, ["u:o'brien", "u:ünï"], "API")
    marks.unmark(cohort, ["u:o'brien"])
    assert marked(cohort) == {"ünï"}


def test_events_carry_their_users_cohorts(make_users, make_cohort, make_events):
    make_users("user-1")
    (plain,) = make_events()
    assert "cohorts" not in plain.data
    assert plain.input["cohorts"] == []
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, ["u:user-1"], "API")
    (event,) = make_events()
    assert event.data["cohorts"] == event.input["cohorts"] == [cohort.public_id]
    passes = compile_filter(
        check_filter({"conditions": [{"property": "cohorts", "operator": "is", "value": cohort.public_id}]})
    ).refusal
    assert passes(event.topic, event.event_type, event.data) is None
    assert passes(plain.topic, plain.event_type, plain.data)
    assert Event.objects.filter(topic="cohort.computed").exists()


def test_the_cohorts_of_a_profile_survive_its_updates(project, make_users, make_cohort):
    make_users("ann")
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, ["u:ann"], "API")
    PROFILES.replace(project.pk, {("u:ann",): ('{"a": 1}', "{}")}, Cohort.objects.get().created_at)
    profile = Profile.objects.get()
    assert (profile.properties, profile.cohorts) == ({"a": 1}, [cohort.public_id])


def test_who_was_listed_before_his_first_event_is_greeted(make_users, make_cohort, monkeypatch):
    monkeypatch.setattr(marks, "PROFILES", 3)
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    make_users("bob", "old")
    replace_members(cohort, [f"u:{name}" for name in ("ann", "bob", "cat", "never seen")], "API")
    jobs.tend_cohorts()
    make_users("ann", "eve", "dan", "fay", "cat")
    assert marked(cohort) == {"bob"}
    jobs.tend_cohorts()
    assert marked(cohort) == {"ann", "bob", "cat"}
    assert Profile.objects.get(identity="u:bob").cohorts == [cohort.public_id], "once"
    assert not marks.greet(cohort.pk)


def test_numbers_without_a_profile_cost_no_step(make_users, make_cohort, monkeypatch):
    """As where other projects' profiles were removed."""
    monkeypatch.setattr(marks, "PROFILES", 2)
    cohort = make_cohort(kind=Kind.LISTED, definition={})
    replace_members(cohort, ["u:ann", "u:bob"], "API")
    make_users("ann", "bob", "cat")
    for number, name in enumerate(("ann", "bob", "cat")):
        Profile.objects.filter(identity=f"u:{name}").update(id=10**9 + 10**6 * number)
    assert marks.greet(cohort.pk)
    assert not marks.greet(cohort.pk)
    assert marked(cohort) == {"ann", "bob"}
