"""Transformation, then filter: what a destination makes of an event, in both languages and by steps."""

import time

import pytest

from destinations.models import Destination
from destinations.transformations.compiled import LIMITS
from destinations.transformations.wanting import Part, wanting_of

EVENT = {"event_type": "Order Placed", "uuid": "u1", "event_properties": {"total": 12, "items": ["a", "b"]}}
MESSAGE = {"type": "track", "event": "Order Placed", "userId": "u", "properties": {"total": 12}, "header": {"X": "own"}}


def parts(transformation, event=EVENT, came_as=None, kind="webhook", topic="event.track", **rules):
    destination = Destination(kind=kind, transformation=transformation, filter=rules)
    return wanting_of(destination).parts(topic, event["event_type"], event, came_as)


def freemarker(text):
    return {"language": "freemarker", "template": text}


def jinja(text):
    return {"language": "jinja2", "template": text}


RENAME = {"steps": [{"step": "constant", "property": "event_type", "value": "Sale"}]}
SAME = [
    freemarker('{"event_type": "Sale", "total": ${input.event_properties.total}}'),
    jinja('{"event_type": "Sale", "total": {{ input.event_properties.total }}}'),
]


@pytest.mark.parametrize("transformation", SAME)
def test_a_template_yields_the_new_event(transformation):
    assert parts(transformation) == [Part(1, {"event_type": "Sale", "total": 12})]


def test_steps_change_the_stored_event():
    assert parts(RENAME) == [Part(1, EVENT | {"event_type": "Sale"})]
    assert EVENT["event_type"] == "Order Placed"


SPLIT = jinja(
    '[{% for one in input.event_properties["items"] %}{"event_type": "Item", "id": "{{ one }}"}'
    "{% if not loop.last %},{% endif %}{% endfor %}]"
)


def test_a_list_makes_several():
    assert parts(SPLIT) == [Part(1, {"event_type": "Item", "id": "a"}), Part(2, {"event_type": "Item", "id": "b"})]


def test_each_meets_the_filter_and_keeps_its_number():
    import json

    made = jinja(json.dumps([{"event_type": "A"}, {"event_type": "B"}]))
    assert parts(made, event_types=["B"]) == [Part(2, {"event_type": "B"})]
    assert parts(made, event_types=["C"]) == "event type is not C"


def test_the_filter_sees_what_was_made():
    assert parts(RENAME, event_types=["Sale"]) == [Part(1, EVENT | {"event_type": "Sale"})]
    assert parts(RENAME, event_types=["Order Placed"]) == "event type is not Order Placed"


def test_a_topic_that_is_not_wanted_is_not_transformed():
    assert parts(freemarker("${nothing}"), topics=["event.identify"]) == "topic is not event.identify"
    assert "only where the filter names it" in parts(freemarker("${nothing}"), topic="monitor.alert")


def test_dropped():
    assert parts(freemarker('<#if input.event_properties.total < 100>"too small"</#if>')) == (
        "the transformation dropped it: too small"
    )


@pytest.mark.parametrize("transformation", [freemarker("${input.missing.more}"), jinja("{{ input.missing.more }}")])
def test_a_failure_is_a_part_that_says_so(transformation):
    (part,) = parts(transformation)
    assert part.made is None
    assert part.failure.startswith("The transformation fails: ")
    assert "line 1" in part.failure.lower()


def test_a_stored_template_that_cannot_be_read_any_more_is_a_failure_too():
    (part,) = parts(freemarker("<#if"))
    assert part.failure.startswith("The transformation cannot be read: ")


HOSTILE = [
    freemarker("<#list 1..100000000 as i></#list>"),
    freemarker('<#list input.event_properties.items as a><#list 1..9999999 as b></#list></#list>{"event_type": "A"}'),
    jinja("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
    freemarker('${input.event_properties.text?replace("(a|aa)+!", "", "r")}'),
]


@pytest.mark.parametrize("transformation", HOSTILE)
def test_none_takes_longer_than_its_limit(transformation):
    began = time.monotonic()
    (part,) = parts(transformation, EVENT | {"event_properties": {"items": ["x"] * 1_000, "text": "a" * 9_000}})
    assert "limit" in part.failure or "more than 0.05 seconds" in part.failure
    assert time.monotonic() - began < 4 * LIMITS.wall_seconds


# -- of kinds that send messages
def of_message(transformation, came_as=MESSAGE, **rules):
    return parts(transformation, came_as=came_as, kind="rudderstack-webhook", **rules)


def test_the_message_is_changed_and_may_choose_its_headers():
    made = of_message(
        freemarker('${UtilClass.toJsonString(input + {"header": {"X-Total": "${input.properties.total}"}})}')
    )
    assert made == [Part(1, MESSAGE | {"header": {"X-Total": "12"}})]


def test_what_the_event_says_of_headers_is_not_seen():
    assert of_message(freemarker("${UtilClass.toJsonString(input)}"))[0].made.keys() == MESSAGE.keys() - {"header"}
    assert "header" not in of_message({"steps": [{"step": "drop", "property": "userId"}]})[0].made


def test_the_event_is_beside_it():
    assert of_message(jinja('{"type": "{{ event.event_type }}"}')) == [Part(1, {"type": "Order Placed"})]


def test_steps_take_the_messages_paths():
    steps = [{"step": "cast", "property": "properties.total", "to": "text"}, {"step": "drop", "property": "userId"}]
    (part,) = of_message({"steps": steps})
    assert part.made == {"type": "track", "event": "Order Placed", "properties": {"total": "12"}}


def test_the_filter_sees_the_message_as_an_event():
    renamed = jinja('{"type": "track", "event": "Sale", "userId": "v", "properties": {"big": true}}')
    conditions = [
        {"property": "event_properties.big", "operator": "is", "value": True},
        {"property": "user_id", "operator": "is", "value": "v"},
    ]
    assert len(of_message(renamed, event_types=["Sale"], conditions=conditions)) == 1
    assert isinstance(of_message(renamed, event_types=["Order Placed"]), str)


def test_an_event_of_another_dialect_is_changed_as_its_message():
    (part,) = of_message(jinja('{"name": "{{ input.event }}"}'), came_as=None)
    assert part.made == {"name": "Order Placed"}
