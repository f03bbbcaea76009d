"""What a definition may say, what it means, and what is wrong with it."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from cohorts.computation import compute, preview
from cohorts.definition import BadDefinition, check_definition
from cohorts.models import Computation, Kind, Member
from events.models import Event

PRO = {"property": "user_properties.plan", "operator": "is", "value": "pro"}


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        (None, (), "not a mapping"),
        ({"conditions": []}, ("conditions",), "at least one"),
        ({"match": "most", "conditions": [PRO]}, ("match",), "all, any, none"),
        ({"conditions": [{"property": "event_properties.total", "operator": "is", "value": 1}]},
         ("conditions", 0, "property"), "known of a user"),
        ({"conditions": [{"property": "user_properties.plan", "operator": "like", "value": 1}]},
         ("conditions", 0, "operator"), "no operator"),
        ({"conditions": [{"property": 'user_properties.a"b', "operator": "is", "value": 1}]},
         ("conditions", 0, "property"), "quotes"),
        ({"conditions": [PRO, {"did": ""}]}, ("conditions", 1, "did"), "Name an event"),
        ({"conditions": [{"did": "A", "times": "often"}]}, ("conditions", 0, "times"), "at least"),
        ({"conditions": [{"did": "A", "count": 0}]}, ("conditions", 0, "count"), "whole number"),
        ({"conditions": [{"did": "A", "within_days": 0}]}, ("conditions", 0, "within_days"), "days"),
        ({"conditions": [{"did": "A", "from": "2026-02-30"}]}, ("conditions", 0, "from"), "date"),
        ({"conditions": [{"did": "A", "from": "2026-02-03", "to": "2026-02-01"}]}, ("conditions", 0, "to"), "before"),
        ({"conditions": [{"did": "A", "from": "2026-02-03", "within_days": 3}]}, ("conditions", 0), "not both"),
        ({"conditions": [{"did_not": "A", "count": 3}]}, ("conditions", 0), "counts nothing"),
        ({"conditions": [{"did": "A", "conditions": [{"property": "group_properties.a.b", "operator": "is set"}]}]},
         ("conditions", 0, "conditions", 0, "property"), "group"),
        ({"conditions": [{"in_cohort": "nobody"}]}, ("conditions", 0, "in_cohort"), "no cohort"),
        ({"conditions": [{"colour": "red", "did": "A"}]}, ("conditions", 0, "colour"), "Unknown key"),
        ({"conditions": [{"match": "any", "conditions": [{"match": "any", "conditions": [{"match": "any", "conditions":
         [{"match": "any", "conditions": [PRO]}]}]}]}]}, ("conditions", 0) * 4, "levels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_refused(given, place, words):
    with pytest.raises(BadDefinition) as refused:
        check_definition(given, lambda name: None)
    assert [found for found, message in refused.value.problems if words in message] == [place]


@pytest.fixture
def happened(project):
    """An event of a user so many days ago."""

    def happened(user, event_type, days_ago=0, device=None, **properties):
        moment = now() - timedelta(days=days_ago)
        data = {"event_type": event_type, "event_properties": properties, "platform": "Web"}
        Event.objects.create(
            project=project, uuid="0" * 31 + "1", topic="event.track", event_type=event_type, user_id=user,
            device_id=device, event_time=moment, received_at=now(), data=data,
        )  # fmt: skip

    return happened


@pytest.fixture
def people(make_users, happened):
    make_users("never", "once", "twice", "long ago", "cheap", plan="pro")
    happened("once", "Ordered", total=60)
    happened("twice", "Ordered", total=70)
    happened("twice", "Ordered", days_ago=3, total=80)
    happened("long ago", "Ordered", days_ago=40, total=90)
    happened("cheap", "Ordered", total=5)
    happened("cheap", "Viewed")


DID = {
    "at least once": ({"did": "Ordered"}, {"once", "twice", "long ago", "cheap"}),
    "at least twice": ({"did": "Ordered", "count": 2}, {"twice"}),
    "exactly once": ({"did": "Ordered", "times": "exactly"}, {"once", "long ago", "cheap"}),
    "exactly never": ({"did": "Ordered", "times": "exactly", "count": 0}, {"never"}),
    "at most once": ({"did": "Ordered", "times": "at most"}, {"never", "once", "long ago", "cheap"}),
    "lately": ({"did": "Ordered", "within_days": 30}, {"once", "twice", "cheap"}),
    "today": ({"did": "Ordered", "within_days": 1, "count": 2}, set()),
    "not lately": ({"did_not": "Ordered", "within_days": 30}, {"never", "long ago"}),
    "dear": (
        {"did": "Ordered", "conditions": [{"property": "event_properties.total", "operator": ">", "value": 50}]},
        {"once", "twice", "long ago"},
    ),
    "either": (
        {
            "did": "*",
            "match": "any",
            "conditions": [
                {"property": "event_properties.total", "operator": ">", "value": 85},
                {"property": "event_type", "operator": "is", "value": "Viewed"},
            ],
        },
        {"long ago", "cheap"},
    ),
    "on the web": (
        {"did": "Viewed", "conditions": [{"property": "platform", "operator": "is", "value": "Web"}]},
        {"cheap"},
    ),
    "not dear": (
        {"did_not": "Ordered", "conditions": [{"property": "event_properties.total", "operator": ">", "value": 50}]},
        {"never", "cheap"},
    ),
    "between": ({"did": "Ordered", "from": "2020-01-01", "to": "2020-12-31"}, set()),
}


@pytest.mark.parametrize("name", DID)
def test_behaviour(name, project, people):
    rule, expected = DID[name]
    definition = check_definition({"conditions": [rule]})
    count, some = preview(project.pk, definition)
    assert count == len(expected)
    assert {identity[2:] for identity in some} == expected


def test_devices_count_while_nobody_is_signed_in(project, happened, make_users):
    make_users("ann")
    from events.models import Profile

    moment = now()
    Profile.objects.create(
        project=project, identity="d:phone", properties={}, groups={}, created_at=moment, updated_at=moment
    )
    happened(None, "Ordered", device="phone")
    assert preview(project.pk, check_definition({"conditions": [{"did": "Ordered"}]})) == (1, ["d:phone"])


def test_groups_all_any_none(project, people):
    ordered, viewed = {"did": "Ordered"}, {"did": "Viewed"}

    def found(definition):
        return {identity[2:] for identity in preview(project.pk, check_definition(definition))[1]}

    assert found({"match": "all", "conditions": [ordered, viewed]}) == {"cheap"}
    assert found({"match": "none", "conditions": [ordered, viewed]}) == {"never"}
    both = {"match": "any", "conditions": [{"match": "none", "conditions": [ordered]}, viewed]}
    assert found(both) == {"never", "cheap"}


def test_other_cohorts(project, people, make_cohort):
    buyers = make_cohort(name="Buyers", definition=check_definition({"conditions": [{"did": "Ordered"}]}))
    compute(buyers, "by hand")
    definition = check_definition({"conditions": [{"not_in_cohort": buyers.public_id}, PRO]})
    assert preview(project.pk, definition) == (1, ["u:never"])


def test_users_of_other_projects_are_not_seen(project, people, make_cohort):
    from events.models import Profile, Project

    other, moment = Project.objects.create(name="Other"), now()
    Profile.objects.create(
        project=other, identity="u:x", properties={"plan": "pro"}, groups={}, created_at=moment, updated_at=moment
    )
    cohort = make_cohort()
    assert compute(cohort, "by hand").size == 5
    assert not Member.objects.filter(identity="u:x").exists()


def test_a_computation_says_who_entered_and_who_left(make_cohort, make_users):
    from events.models import Profile

    make_users("ann", "bob", plan="pro")
    cohort = make_cohort()
    assert compute(cohort, "by hand").entered == 2
    Profile.objects.filter(identity="u:ann").update(properties={})
    again = compute(cohort, "by hand")
    assert (again.state, again.entered, again.left, again.size) == (Computation.State.DONE, 0, 1, 1)
    assert cohort.kind == Kind.DEFINED
