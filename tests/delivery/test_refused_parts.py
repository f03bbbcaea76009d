"""Batches of which an answer refuses some by name: only these fail, and the others are not sent in vain again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from delivery.models import Attempt, Delivery, State
from delivery.refused_parts import REFUSED
from delivery.transports import make_transport
from delivery.transports.seam import Transport
from destinations import catalog, specification
from destinations.addresses import parse_networks
from destinations.kind.definition import Answers
from events.models import Project
from tests.delivery.road import run_fresh
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)

ONE = '{"n": ${input.event_properties.number}}'
PAIR = '{"e": [${input.event_properties.number}, ${input.event_properties.number}]}'
Received = list[list[Any]]


@pytest.fixture
def curl() -> Iterator[Transport]:
    transport = make_transport("curl", allowed_networks=parse_networks("127.0.0.0/8"))
    yield transport
    transport.close()


@pytest.fixture
def send(
    curl: Transport, project: Project, make_events: Callable, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Received]:
    """Sends four events in a batch to a receiver that answers so, by the number of the request; returns their lists."""

    def sent(answers: list[tuple[int, Any]], rule: Answers, template: str = ONE, **batch: Any) -> Received:
        kind = replace(catalog.built_in("http-webhook"), answers=rule)
        monkeypatch.setattr(catalog, "of", lambda destination: kind)
        with receiver() as hook:

            def script(number: int) -> int:
                status, answer = answers[min(number, len(answers)) - 1]
                hook.answer = json.dumps(answer).encode()
                return status

            hook.script = script
            given = {"name": "Strict", "kind": "http-webhook", "parameters": {"base_url": hook.url}, "enabled": True}
            payload = {"mode": "template", "language": "freemarker", "template": template}
            sending = {"batch": {"wait": 0, "events": 4} | batch, "concurrency": 1}
            specification.save(project, given | {"payload": payload, "sending": sending})
            make_events(4)
            run_fresh(curl)
            bodies = [json.loads(one.body) for one in hook.requests]
        return [body["e"] if isinstance(body, dict) else [one["n"] for one in body] for body in bodies]

    return sent


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


TAKEN = Answers(refused=(("failed", "index"),), others_taken=True)
AGAIN = Answers(refused=(("invalid",), ("missing",)))


@pytest.mark.parametrize("split", [True, False])
@pytest.mark.parametrize("status", [400, 200])
def test_others_that_were_taken_are_delivered(send: Callable, status: int, split: bool) -> None:
    rule = replace(TAKEN, success=(201,), final=(400, 200))
    if status == 200:
        rule = replace(TAKEN, body=catalog.built_in("braze").answers.body, refused=(("errors", "index"),))
    answer = {"failed": [{"index": 1}], "errors": [{"index": 1}]}
    assert send([(status, answer)], rule, split=split) == [[0, 1, 2, 3]]
    assert states() == [State.DELIVERED, State.FAILED, State.DELIVERED, State.DELIVERED]
    assert REFUSED in Delivery.objects.get(state=State.FAILED).last_error
    assert set(Attempt.objects.values_list("status", "batch_size")) == {(status, 4)}
    assert sorted(Attempt.objects.values_list("error", flat=True)) == ["", "", "", REFUSED]


def test_others_of_which_nothing_was_taken_go_once_more_together(send: Callable) -> None:
    answers = [(400, {"invalid": {"time": [1, 3], "ip": [1]}}), (400, {"missing": {"x": [0]}}), (200, {})]
    assert send(answers, AGAIN) == [[0, 1, 2, 3], [0, 2], [2]]
    assert states() == [State.FAILED, State.FAILED, State.DELIVERED, State.FAILED]
    assert set(Delivery.objects.values_list("attempts_made", flat=True)) == {1}
    last = Attempt.objects.get(delivery=Delivery.objects.get(state=State.DELIVERED))
    assert [one["status"] for one in last.tries] == [400, 400, 200]


def test_an_item_is_its_deliverys(send: Callable) -> None:
    form = {"format": "joined", "key": "e"}
    assert send([(400, {"failed": [{"index": 5}]})], TAKEN, PAIR, **form) == [[0, 0, 1, 1, 2, 2, 3, 3]]
    assert states() == [State.DELIVERED, State.DELIVERED, State.FAILED, State.DELIVERED]


@pytest.mark.parametrize("answer", [{}, {"failed": [{"index": 4}]}, {"failed": [{"index": -1}]}, {"failed": [{}]}])
def test_where_no_event_is_named_it_is_looked_for_by_halves(send: Callable, answer: dict[str, Any]) -> None:
    assert send([(400, answer), (200, {})], TAKEN) == [[0, 1, 2, 3], [0, 1], [2, 3]]
    assert states() == [State.DELIVERED] * 4


@pytest.mark.parametrize("status", [401, 429, 500])
def test_an_answer_about_something_else_is_about_all(send: Callable, status: int) -> None:
    sent = send([(status, {"failed": [{"index": 1}]})], TAKEN)
    assert {tuple(one) for one in sent} == {(0, 1, 2, 3)}
    assert State.DELIVERED not in states()
    assert len(set(states())) == 1
