import pytest

from events.models import Event, Profile
from events.profiles import MAX_PROFILE_SIZE

IDENTIFY = {"event_type": "$identify"}


def profile(identity="u:user-1"):
    return Profile.objects.get(identity=identity)


def test_each_event_shows_the_values_at_that_event(post):
    user = {"user_id": "user-1"}
    post(
        [
            user | {"event_type": "A"},
            user | IDENTIFY | {"user_properties": {"$set": {"plan": "free"}, "$add": {"visits": 1}}},
            user | {"event_type": "B", "user_properties": {"plan": "pro"}},
            user | {"event_type": "C"},
            user | IDENTIFY | {"user_properties": {"$unset": {"plan": "-"}, "$add": {"visits": 1}}},
        ]
    )
    shown = [event.input["user_properties"] for event in Event.objects.order_by("pk")]
    assert shown == [
        {},
        {"plan": "free", "visits": 1},
        {"plan": "pro", "visits": 1},
        {"plan": "pro", "visits": 1},
        {"visits": 2},
    ]
    assert profile().properties == {"visits": 2}


def test_profiles_outlive_the_request(stored):
    stored(event_type="$identify", user_properties={"$append": {"seen": "a"}})
    stored(event_type="$identify", user_properties={"$append": {"seen": "b"}})
    assert stored().data["user_properties"] == {"seen": ["a", "b"]}


def test_a_new_user_gets_a_profile(stored):
    stored()
    assert profile().properties == {}


def test_skip_user_properties_sync(stored):
    stored(user_properties={"plan": "pro"})
    event = stored(**{"$skip_user_properties_sync": True}, user_properties={"plan": "free"})
    assert event.data["user_properties"] == {"plan": "free"}
    assert profile().properties == {"plan": "pro"}
    assert "user_properties" not in stored(**{"$skip_user_properties_sync": True}).data


def test_a_new_user_starts_from_what_is_known_of_the_device(stored):
    stored(user_id=None, device_id="device-1", user_properties={"source": "ad"})
    assert stored(device_id="device-1").data["user_properties"] == {"source": "ad"}
    stored(user_id=None, device_id="device-1", user_properties={"source": "mail"})
    assert stored(device_id="device-1").data["user_properties"] == {"source": "ad"}, "only a new user does"
    assert profile("d:device-1").properties == {"source": "mail"}


def test_device_and_new_user_in_one_request(post):
    device = {"event_type": "A", "device_id": "device-1"}
    post([device | {"user_properties": {"source": "ad"}}, device | {"user_id": "user-1"}])
    assert Event.objects.latest("pk").data["user_properties"] == profile().properties == {"source": "ad"}


def test_users_of_other_projects_are_other_users(stored, project):
    stored(user_properties={"plan": "pro"})
    Profile.objects.update(project=type(project).objects.create(name="Other"))
    assert "user_properties" not in stored().data


def test_groups_of_an_identify_stay_with_the_user(stored):
    stored(event_type="$identify", groups={"company": "Acme", "team": ["a", "b"]}, user_properties={"$set": {"x": 1}})
    assert stored().data["groups"] == {"company": ["Acme"], "team": ["a", "b"]}
    assert stored(groups={"company": "Beta"}).data["groups"] == {"company": ["Beta"], "team": ["a", "b"]}
    assert stored().data["groups"] == {"company": ["Acme"], "team": ["a", "b"]}, "an event's own groups do not"
    stored(event_type="$identify", groups={"company": "Gamma"})
    assert stored().data["groups"]["company"] == ["Gamma"], "names replace earlier ones"


@pytest.mark.parametrize("name", ["O'Brien", 'a"b', "new\nline", "tab\t", "back\\slash", "{a,b}", "NULL", "ü😀", "%s"])
def test_any_text_is_a_user(stored, name):
    user = f"user {name}"
    stored(user_id=user, user_properties={name: name})
    assert stored(user_id=user).data["user_properties"] == {name: name}
    assert profile(f"u:{user}").properties == {name: name}


def test_big_numbers_keep_their_digits(stored):
    stored(user_properties={"account": 2**70})
    assert stored().data["user_properties"] == profile().properties == {"account": 2**70}


def test_a_profile_cannot_grow_without_bound(stored):
    part = {f"key {n}": "x" * 1000 for n in range(40)}
    stored(user_properties=part)
    event = stored(user_properties={f"more {key}": value for key, value in part.items()})
    assert event.notes == [f"profile not updated: it would have more than {MAX_PROFILE_SIZE:,} characters"]
    assert len(event.data["user_properties"]) == 80, "the event shows what it brought"
    assert profile().properties == part


def test_unchanged_profiles_are_not_written(stored, django_assert_num_queries):
    stored(user_properties={"plan": "pro"})
    before = profile().updated_at
    stored(user_properties={"plan": "pro"})
    assert profile().updated_at == before
    stored(user_properties={"plan": "free"})
    assert profile().updated_at > before
