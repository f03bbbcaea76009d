from events.groups import MAX_GROUP_SIZE
from events.models import Event, Group

GROUP_IDENTIFY = {"event_type": "$groupidentify", "groups": {"company": "Acme"}}


def test_events_show_the_properties_of_their_groups(post, stored):
    assert post([GROUP_IDENTIFY | {"group_properties": {"$set": {"size": 5}}}]).status_code == 200
    event = Event.objects.latest("pk")
    assert (event.topic, event.user_id, event.device_id) == ("event.group", None, None)
    assert event.data["group_properties"] == {"company": {"Acme": {"size": 5}}}
    shown = stored(groups={"company": ["Acme", "Beta"], "team": 7}).data
    assert shown["groups"] == {"company": ["Acme", "Beta"], "team": ["7"]}
    assert shown["group_properties"] == {"company": {"Acme": {"size": 5}}}


def test_operations_in_one_request_and_the_next(post):
    add = GROUP_IDENTIFY | {"group_properties": {"$add": {"n": 1}}}
    post([add, add])
    post([add, GROUP_IDENTIFY | {"group_properties": {"plan": "pro"}}])
    assert Group.objects.get().properties == {"n": 3, "plan": "pro"}
    shown = [event.data["group_properties"]["company"]["Acme"]["n"] for event in Event.objects.order_by("pk")]
    assert shown == [1, 2, 3, 3]


def test_group_properties_of_a_tracked_event_are_ignored(stored):
    assert "group_properties" not in stored(groups={"company": "Acme"}, group_properties={"$set": {"size": 5}}).data
    assert not Group.objects.exists()


def test_any_text_is_a_group(post, stored):
    name = """O'Brien & "Sons", {Ltd}\\ ü😀"""
    event = {"event_type": "$groupidentify", "groups": {name: name}, "group_properties": {name: name}}
    post([event])
    assert stored(groups={name: name}).data["group_properties"] == {name: {name: {name: name}}}


def test_a_group_cannot_grow_without_bound(post):
    post([GROUP_IDENTIFY | {"group_properties": {f"key {n}": "x" * 900 for n in range(20)}}])
    assert Event.objects.get().notes == [f"group not updated: it would have more than {MAX_GROUP_SIZE:,} characters"]
    assert not Group.objects.exists()


def test_many_long_names_fit_an_index_entry(post):
    """Names nobody can compress, four bytes to a character."""
    names = ["".join(chr(0x1F300 + (n * 7919 + i * i * 31) % 700) for i in range(512)) for n in range(10)]
    answer = post([{"event_type": "$groupidentify", "groups": {names[0][:128]: names}, "group_properties": {"a": 1}}])
    assert answer.status_code == 200
    assert Group.objects.count() == 10
