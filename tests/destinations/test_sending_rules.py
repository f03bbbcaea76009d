"""What may stand under `sending`, as tables: what is stored, what is refused and in which words."""

import pytest

from delivery.schedule_words import span
from delivery.schedules import PRESETS as SCHEDULES
from destinations.sending_rules import PRESETS, BadSending, RateLimit, Sending, check_sending, sending_of


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, {}),
        ({}, {}),
        ({"retries": "amplitude", "concurrency": 10, "ordered": False, "pause_at": 95, "final_statuses": []}, {}),
        ({"retries": "quick"}, {"retries": "quick"}),
        ({"retries": [1, 2.5, 60.0]}, {"retries": [1, 2.5, 60]}),
        ({"retries": []}, {"retries": []}),
        ({"retries": "standard-webhooks", "final_statuses": [410]}, {"retries": "standard-webhooks"}),
        (
            {"retries": "standard-webhooks", "final_statuses": []},
            {"retries": "standard-webhooks", "final_statuses": []},
        ),
        ({"final_statuses": [410, 404, 410]}, {"final_statuses": [404, 410]}),
        ({"rate_limit": {"requests": 5}}, {"rate_limit": {"requests": 5, "per": "second"}}),
        ({"rate_limit": None, "retries": None}, {}),
        ({"rate_limit": False}, {}),
        ({"concurrency": 1, "ordered": True}, {"concurrency": 1, "ordered": True}),
        ({"pause_at": False}, {"pause_at": False}),
        ({"pause_at": 50}, {"pause_at": 50}),
        ({"batch": False}, {}),
        ({"batch": True}, {"batch": {}}),
        ({"batch": {"events": 100, "wait": 1, "split": True, "key": ""}}, {"batch": {}}),
        ({"batch": {"events": 20, "bytes": 5000, "wait": 0}}, {"batch": {"events": 20, "bytes": 5000, "wait": 0}}),
        ({"batch": {"format": "object", "key": "batch"}}, {"batch": {"format": "object", "key": "batch"}}),
        ({"batch": {"format": "joined"}}, {"batch": {"format": "joined"}}),
    ],
)
def test_what_is_stored_leaves_out_the_defaults(given, stored):
    assert check_sending(given) == stored
    assert check_sending(stored) == stored


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        ([], (), "Write a mapping"),
        ("fast", (), "Write a mapping"),
        ({"speed": 1}, ("speed",), "not a known key"),
        ({"retries": "often"}, ("retries",), "standard-webhooks"),
        ({"retries": [5, 0]}, ("retries", 1), "from 1 to 604,800"),
        ({"retries": [True]}, ("retries", 0), "number of seconds"),
        ({"retries": [1] * 31}, ("retries",), "at most 30"),
        ({"final_statuses": 410}, ("final_statuses",), "a list of statuses"),
        ({"final_statuses": [200]}, ("final_statuses", 0), "300 to 599"),
        ({"rate_limit": 5}, ("rate_limit",), "{requests: number"),
        ({"rate_limit": {"requests": 0}}, ("rate_limit", "requests"), "1 to 10,000"),
        ({"rate_limit": {"requests": 1, "per": "hour"}}, ("rate_limit", "per"), "second, minute"),
        ({"concurrency": 101}, ("concurrency",), "1 to 100"),
        ({"concurrency": 2.0}, ("concurrency",), "whole number"),
        ({"ordered": "yes"}, ("ordered",), "true or false"),
        ({"pause_at": 20}, ("pause_at",), "50 to 100"),
        ({"pause_at": True}, ("pause_at",), "percent"),
        ({"batch": 5}, ("batch",), "a mapping of any of events"),
        ({"batch": {"size": 5}}, ("batch", "size"), "not a known key"),
        ({"batch": {"events": 1001}}, ("batch", "events"), "1 to 1,000"),
        ({"batch": {"events": 0}}, ("batch", "events"), "1 to 1,000"),
        ({"batch": {"bytes": 10}}, ("batch", "bytes"), "1,000 to 10,000,000"),
        ({"batch": {"wait": 61}}, ("batch", "wait"), "0 to 60"),
        ({"batch": {"format": "xml"}}, ("batch", "format"), "list, object, lines, joined"),
        ({"batch": {"format": []}}, ("batch", "format"), "list, object, lines, joined"),
        ({"batch": {"format": "object"}}, ("batch", "key"), "Write the key"),
        ({"batch": {"key": "batch"}}, ("batch", "key"), "Only the formats"),
        ({"batch": {"format": "object", "key": "a\n"}}, ("batch", "key"), "on one line"),
        ({"batch": {"split": 1}}, ("batch", "split"), "true or false"),
    ],
)
def test_what_is_refused_says_where_and_what_to_write(given, place, words):
    with pytest.raises(BadSending) as caught:
        check_sending(given)
    ((found, message),) = caught.value.problems
    assert found == place
    assert words in message


def test_every_problem_is_told_at_once():
    with pytest.raises(BadSending) as caught:
        check_sending({"concurrency": 0, "ordered": 1, "retries": [0, 0]})
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("stored", "sending"),
    [
        ({}, Sending()),
        (None, Sending()),
        ({"retries": "standard-webhooks"}, Sending(retries="standard-webhooks", final_statuses=(410,))),
        ({"retries": [1, 2]}, Sending(retries=(1, 2))),
        ({"rate_limit": {"requests": 30, "per": "minute"}}, Sending(rate_limit=RateLimit(30, "minute"))),
        ({"pause_at": False}, Sending(pause_at=None)),
    ],
)
def test_reading_fills_in_the_defaults(stored, sending):
    assert sending_of(stored) == sending


def test_an_interval_is_in_seconds():
    assert RateLimit(30, "minute").interval == 2.0
    assert RateLimit(4, "second").interval == 0.25


def test_a_preset_is_called_what_it_is():
    assert set(PRESETS) == set(SCHEDULES)
    for name, label in PRESETS.items():
        schedule = SCHEDULES[name]
        assert label.endswith(f": {schedule.most_attempts} attempts over {span(sum(schedule.waits))}")
