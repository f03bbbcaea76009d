import pytest

from destinations.transformations.results import MOST_EVENTS, Result, TransformationFailed, read_result

EVENT = '{"event_type": "A"}'
MADE = [
    (EVENT, Result(({"event_type": "A"},))),
    (f" \n{EVENT}\n", Result(({"event_type": "A"},))),
    (f"[{EVENT}]", Result(({"event_type": "A"},))),
    ('[{"event_type": "A"}, {"event_type": "B"}]', Result(({"event_type": "A"}, {"event_type": "B"}))),
    ("", Result(reason="the transformation dropped it")),
    ("  \n", Result(reason="the transformation dropped it")),
    ("null", Result(reason="the transformation dropped it")),
    ("[]", Result(reason="the transformation dropped it")),
    ('"internal traffic"', Result(reason="the transformation dropped it: internal traffic")),
    ('" "', Result(reason="the transformation dropped it")),
]


@pytest.mark.parametrize(("text", "result"), MADE)
def test_output(text, result):
    assert read_result(text, needs_type=True) == result


FAILURES = [
    ("{", "not JSON: line 1"),
    ("skip", "not JSON"),
    ("5", "The output is no object"),
    ("true", "The output is no object"),
    (f"[{EVENT}, 5]", "Event 2 is no object"),
    ("{}", "The output has no event_type"),
    ('{"event_type": 5}', "has no event_type"),
    (f"[{','.join([EVENT] * (MOST_EVENTS + 1))}]", "made 101 events of one; at most 100"),
    ('{"event_type": "A", "x": ' + "[" * 120 + "]" * 120 + "}", "nested more than 100 levels"),
    ('{"event_type": "A", "x": ' + "[" * 3_000 + "]" * 3_000 + "}", "."),
    ('{"event_type": "\\ud800"}', "half character"),
    ('{"event_type": "A", "x": 1e400}', "too large"),
    ('{"event_type": "A", "x": NaN}', "NaN is not a JSON number"),
]


@pytest.mark.parametrize(("text", "words"), FAILURES)
def test_what_is_no_event_fails_in_words(text, words):
    with pytest.raises(TransformationFailed, match=words):
        read_result(text, needs_type=True)


def test_a_message_needs_no_type():
    assert read_result("{}", needs_type=False) == Result(({},))


def test_digits_are_kept():
    assert (
        read_result('{"event_type": "A", "id": 123456789012345678901}', needs_type=True).events[0]["id"]
        == 123456789012345678901
    )
