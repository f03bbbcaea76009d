from delivery.models import Attempt
from delivery.timeline import timeline


def attempt(pk, number, statuses, kind="status"):
    tries = [{"at": 0, "ms": 10 * n, "status": status, "error": ""} for n, status in enumerate(statuses, 1)]
    last = statuses[-1] if statuses else None
    return Attempt(pk=pk, number=number, tries=tries, status=last, error_kind="" if last == 200 else kind)


def test_without_attempts_there_is_nothing_to_choose():
    shown = timeline([])
    assert (shown.rounds, shown.step, shown.chip) == ([], None, None)


def test_the_last_try_of_the_last_attempt_is_chosen():
    shown = timeline([attempt(1, 1, [503, 503, 503]), attempt(2, 2, [503, 200])])
    assert (shown.step.attempt.pk, shown.chip.number, shown.chip.status) == (2, 2, 200)
    assert [step.ok for step in shown.rounds[0].steps] == [False, True]
    assert shown.shows_last_try


def test_an_earlier_try_can_be_chosen():
    shown = timeline([attempt(1, 1, [503, 500]), attempt(2, 2, [200])], attempt=1, one_try=1)
    assert (shown.step.attempt.pk, shown.chip.status, shown.chip.milliseconds) == (1, 503, 10)
    assert not shown.shows_last_try


def test_what_is_not_there_falls_back_to_the_last():
    shown = timeline([attempt(1, 1, [503])], attempt=99, one_try=7)
    assert (shown.step.attempt.pk, shown.chip.number) == (1, 1)


def test_an_attempt_that_never_left_has_one_chip_with_a_word():
    (chip,) = timeline([attempt(1, 1, [], kind="template")]).rounds[0].steps[0].chips
    assert (chip.word, chip.status) == ("Template", None)


def test_a_further_round_begins_where_numbers_start_again():
    made = [attempt(1, 1, [503]), attempt(2, 2, [503]), attempt(3, 1, [503]), attempt(4, 2, [200])]
    rounds = timeline(made).rounds
    assert [[step.attempt.pk for step in each.steps] for each in rounds] == [[1, 2], [3, 4]]


def test_a_round_that_was_asked_for_stands_there_before_its_first_attempt():
    shown = timeline([attempt(1, 1, [503])], begins_anew=True)
    assert [len(each.steps) for each in shown.rounds] == [1, 0]
    assert shown.step.attempt.pk == 1
    assert timeline([], begins_anew=True).rounds == []
