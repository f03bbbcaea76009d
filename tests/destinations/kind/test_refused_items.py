"""Which of several events an answer refuses, by the rules of kinds."""

from dataclasses import replace

import pytest

from destinations import catalog
from destinations.kind.answers import refused_items
from destinations.kind.definition import Answers
from destinations.kind.problems import BadKind
from destinations.kind.rules import read_kind

MIXPANEL = b"""{"code": 400, "error": "some data points in the request failed validation", "num_records_imported": 2,
 "failed_records": [{"index": 1, "$insert_id": "a", "field": "properties.time", "message": "is invalid"}]}"""
AMPLITUDE = b"""{"code": 400, "error": "Invalid field values on some events", "missing_field": null,
 "events_with_invalid_fields": {"time": [3, 4, 7], "ip": [4]}, "events_with_missing_fields": {"event_type": [0]}}"""
SILENCED = b"""{"code": 400, "error": "Events silenced for device_id", "exceeded_daily_quota_devices": {},
 "silenced_devices": ["d"], "silenced_events": [2], "throttled_devices": {}, "throttled_events": []}"""
BRAZE = b"""{"message": "success", "errors": [
 {"type": "The value provided for the 'name' field is invalid.", "input_array": "events", "index": 2}]}"""


@pytest.mark.parametrize(
    ("slug", "body", "items", "others_taken"),
    [
        ("mixpanel", MIXPANEL, {1}, True),
        ("amplitude", AMPLITUDE, {0, 3, 4, 7}, False),
        ("amplitude", SILENCED, {2}, False),
        ("amplitude", b'{"code": 400, "error": "Invalid API key: k"}', set(), False),
        ("braze", BRAZE, {2}, True),
        ("braze", b'{"message": "success", "errors": ["The account is inactive"]}', set(), True),
        ("posthog", BRAZE, set(), False),
    ],
)
def test_as_services_say_it(slug: str, body: bytes, items: set[int], others_taken: bool) -> None:
    answers = catalog.built_in(slug).answers
    assert (refused_items(answers, body), answers.others_taken) == (items, others_taken)


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b'{"e": [{"n": 0}, {"n": 5}]}', {0, 5}),
        (b'{"e": {"n": [1, 2]}}', {1, 2}),
        (b'{"e": [{"n": 0}, {"text": "without a position"}]}', set()),
        (b'{"e": [{"n": 0}, {"n": "1"}]}', set()),
        (b'{"e": [{"n": true}]}', set()),
        (b'{"e": [{"n": 1.0}]}', set()),
        (b'{"e": null}', set()),
        (b'{"e": []}', set()),
        (b"[]", set()),
        (b"{", set()),
        (b"\xff", set()),
    ],
)
def test_what_names_a_position(body: bytes, items: set[int]) -> None:
    rule = Answers(refused=(("e", "n"),))
    assert refused_items(rule, body) == items
    assert refused_items(rule, body, body_cut=True) == set()
    assert refused_items(replace(rule, refused=()), body) == set()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"refused": "errors.index"}, "Write a list."),
        ({"refused": [5]}, "Write text, not a number."),
        ({"others": "taken"}, "Say under “refused”"),
        ({"refused": ["errors.index"], "others": "kept"}, "“kept” is not one of again, taken."),
    ],
)
def test_rules_that_are_wrong(answers: dict, words: str) -> None:
    kind = {"name": "K", "section": "events", "category": "C", "summary": "S", "answers": answers}
    with pytest.raises(BadKind, match=words):
        read_kind("k", kind)
