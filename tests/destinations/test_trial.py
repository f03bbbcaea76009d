import itertools

import pytest

from destinations.freemarker import TemplateError
from destinations.passing import passing_events
from destinations.trial import MOST_CASES, try_on
from events.models import Event


def events(count):
    return [Event(pk=n, event_type="A", data={"n": n}) for n in range(1, count + 1)]


def body(text):
    return lambda data: text.replace("$n", str(data["n"]))


def fails(data):
    raise TemplateError("missing", "plan is missing.", 2, 5)


def odd_ones(data):
    return fails(data) if data["n"] % 2 else '{"n": 2}'


# draft, in use -> rendered, failed, not JSON, changed
CASES = {
    "as before": (body('{"n": $n}'), body('{"n": $n}'), (4, 0, 0, 0)),
    "other white space": (body('{"n": $n}'), body('{ "n":$n }'), (4, 0, 0, 0)),
    "another value": (body('{"n": $n}'), body('{"n": 1}'), (4, 0, 0, 3)),
    "a number written otherwise": (body("[1.0]"), body("[1.00]"), (4, 0, 0, 4)),
    "no JSON": (body("{$n"), body("{}"), (4, 0, 4, 4)),
    "no JSON as before": (body("x $n"), body("x $n"), (4, 0, 4, 0)),
    "some fail": (odd_ones, body('{"n": 2}'), (2, 2, 0, 0)),
    "the one in use fails": (body("{}"), fails, (4, 0, 0, 4)),
    "none in use": (body("{}"), None, (4, 0, 0, 0)),
}


@pytest.mark.parametrize("name", CASES)
def test_counts(name):
    draft, current, expected = CASES[name]
    trial = try_on(events(4), draft, current)
    assert (trial.rendered.count, trial.failed.count, trial.not_json.count, trial.changed.count) == expected
    assert (trial.tried, trial.stopped_early) == (4, False)


def test_a_few_cases_of_each_are_kept_with_words_and_a_difference():
    trial = try_on(events(9), body('{"n": $n}'), body('{"n": 0}'))
    assert trial.changed.count == 9
    assert [case.event.pk for case in trial.changed.cases] == [1, 2, 3][:MOST_CASES]
    assert [(line.kind, line.text) for line in trial.changed.cases[0].lines][1:3] == [
        ("gone", '  "n": 0'),
        ("new", '  "n": 1'),
    ]
    assert try_on(events(1), fails, None).failed.cases[0].words == "Line 2: plan is missing."
    (broken,) = try_on(events(1), body("{"), None).not_json.cases
    assert "line 1, column 2" in broken.words
    assert broken.lines[0].text == "{"


def test_a_long_body_is_shown_in_part():
    (case,) = try_on(events(1), body("x" * 5_000), None).not_json.cases
    assert [len(line.text) for line in case.lines] == [2_000, 1]


def test_it_stops_when_the_time_is_up():
    trial = try_on(events(100), body("{}"), None, seconds=5, clock=itertools.count(0, 2).__next__)
    assert trial.stopped_early
    assert trial.tried == 3


@pytest.mark.django_db
def test_the_newest_events_that_pass_come_first_and_not_too_many(make_destination, make_events):
    make_events(3, "A")
    make_events(3, "B")
    (last,) = make_events(1, "A")
    destination = make_destination(filter={"event_types": ["A"]})
    assert [event.event_type for event in passing_events(destination, 10)] == ["A"] * 4
    assert [event.pk for event in passing_events(destination, 1)] == [last.pk]
    assert len(list(passing_events(destination, 10, looked_at=5))) == 2
