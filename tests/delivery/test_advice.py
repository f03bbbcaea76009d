import pytest

from delivery.advice import advice
from delivery.recording import FINAL_KINDS
from delivery.timeline import WORD_OF
from delivery.transports.seam import ERROR_KINDS

BEFORE_SENDING = {"template", "secret", "gone"}


@pytest.mark.parametrize("kind", sorted({*ERROR_KINDS, *FINAL_KINDS, *BEFORE_SENDING} - {""}))
def test_every_kind_of_error_has_words_and_a_next_step(kind):
    found = advice(None, kind)
    assert found.happened.endswith(".")
    assert found.next_step.endswith(".")
    assert WORD_OF[kind]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (302, "redirect"),
        (401, "who is asking"),
        (403, "refuses this request"),
        (404, "nothing at this URL"),
        (410, "gone for good"),
        (413, "too big"),
        (418, "refused the request"),
        (429, "too many requests"),
        (500, "fault of its own"),
        (503, "fault of its own"),
        (101, "unusual"),
    ],
)
def test_what_an_answer_means(status, words):
    assert words in advice(status, "status").happened


@pytest.mark.parametrize("status", [200, 202, 204])
def test_what_arrived_needs_no_advice(status):
    assert advice(status, "") is None


@pytest.mark.parametrize("status", [None, 429, 500, 503])
@pytest.mark.parametrize("kind", sorted({*ERROR_KINDS, *FINAL_KINDS, *BEFORE_SENDING} - {""}))
def test_nothing_is_said_of_retries_once_there_are_none(status, kind):
    assert "go on" not in advice(status, kind, goes_on=False).next_step
    assert "goes on" not in advice(status, kind, goes_on=False).next_step
