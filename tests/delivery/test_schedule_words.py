import pytest

from delivery.retries import AMPLITUDE, ONE_TRY, RetrySchedule
from delivery.schedule_words import in_words, span


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (
            AMPLITUDE,
            (
                "One attempt right away, then up to 9 more over 4 hours. "
                "Within an attempt, 5xx and 429 answers are tried up to 3 times in 4 seconds."
            ),
        ),
        (RetrySchedule(waits=(), tries=ONE_TRY), "One attempt, and no retries."),
        (RetrySchedule(waits=(30, 30), tries=ONE_TRY), "One attempt right away, then up to 2 more over 1 minute."),
    ],
)
def test_a_schedule_in_words(schedule, words):
    assert in_words(schedule) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (59, "1 minute"), (14_400, "4 hours"), (90_000, "1 day"), (0.1, "a moment")]
)
def test_a_span_in_words(seconds, words):
    assert span(seconds) == words
