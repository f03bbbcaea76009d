"""What an attempt keeps of requests and answers: one per try, shortened, with a note of what is missing."""

import pytest

from delivery.kept_bodies import earlier_answers, notes, shortened
from delivery.models import Attempt
from delivery.transports import BODY_CAP, Outcome, OutgoingRequest, Try, make_transport, send_many
from delivery.transports.seam import EARLIER_BODY_CAP, Answer
from tests.delivery.misbehaving import Receiver, says
from tests.delivery.road import run_fresh
from tests.delivery.test_transports import LOOPBACK, answer, post
from tests.receiver import receiver

UNAVAILABLE = [("Retry-After", "1"), ("Date", "Mon")]


def outcome(*tries, body=b"{}", **last):
    made = OutgoingRequest("POST", "http://127.0.0.1/", (), body)
    return Outcome(made, list(tries), **({"status": 503, "headers": UNAVAILABLE, "body": b"busy"} | last))


def tried(status=503, kept=None):
    return Try(0.0, 0.1, status, "", kept)


def kept(found):
    return earlier_answers(found, bytes.decode, lambda text: text.replace("s3cret", "•••"))


def test_one_try_keeps_nothing_further():
    assert kept(outcome(tried())) is None
    assert notes(BODY_CAP, cut=False, form=None) is None


def test_an_earlier_answer_is_kept_where_it_differs():
    first = Answer([("X-Node", "s3cret")], b"at s3cret", cut=True)
    assert kept(outcome(tried(500, first), tried())) == [
        {"headers": [["X-Node", "•••"]], "body": "at •••", "cut": True}
    ]


@pytest.mark.parametrize(
    ("status", "given", "same"),
    [
        (503, Answer([("Retry-After", "1"), ("Date", "Tue")], b"busy", cut=False), True),
        (503, Answer([("Retry-After", "2"), ("Date", "Mon")], b"busy", cut=False), False),
        (500, Answer(UNAVAILABLE, b"busy", cut=False), False),
        (503, None, True),
    ],
    ids=["but for its date", "another header", "another status", "not heard of"],
)
def test_the_same_answer_is_kept_once(status, given, same):
    assert (kept(outcome(tried(status, given), tried())) == [None]) == same


def test_headers_beyond_4_kib_are_left_out():
    many = [(f"X-{n}", "x" * 1000) for n in range(10)]
    (found,) = kept(outcome(tried(500, Answer(many, b"", cut=False)), tried()))
    assert [name for name, _ in found["headers"]] == ["X-0", "X-1", "X-2", "X-3"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"x" * BODY_CAP, b"x" * BODY_CAP),
        (b"x" * (BODY_CAP + 9), b"x" * BODY_CAP),
        (("x" + "é" * BODY_CAP).encode(), ("x" + "é" * (BODY_CAP // 2 - 1)).encode()),
    ],
    ids=["whole", "cut", "between characters"],
)
def test_a_body_is_cut_at_64_kib(body, expected):
    assert shortened(body) == expected


def test_what_was_cut_is_noted():
    assert notes(BODY_CAP + 1, cut=True, form=None) == {"request_bytes": BODY_CAP + 1, "response_cut": True}


@pytest.mark.parametrize("name", ["curl", "requests"])
def test_each_try_keeps_its_own_answer(name):
    script = says(answer(b"503 Busy", b"x" * 9000, b"X-Try: 1\r\n"), answer(b"200 OK", b"fine", b"X-Try: 2\r\n"))
    transport = make_transport(name, LOOPBACK)
    with Receiver(script) as hook:
        (found,) = send_many([post(hook.url)], transport)
    transport.close()
    first, last = found.tries
    assert (first.answer.body, first.answer.cut) == (b"x" * EARLIER_BODY_CAP, True)
    assert ("X-Try", "1") in first.answer.headers
    assert (last.answer, found.body) == (None, b"fine")


@pytest.fixture
def transport():
    transport = make_transport("curl", LOOPBACK)
    yield transport
    transport.close()


@pytest.mark.django_db
def test_an_attempt_has_them_in_its_row(transport, make_destination, make_events):
    with receiver(lambda number: 503 if number <= 2 else 200) as hook:
        make_destination(url=hook.url)
        make_events(1, note="x" * BODY_CAP)
        run_fresh(transport)
    made = Attempt.objects.get()
    assert len(made.earlier_answers) == 2
    assert made.earlier_answers[0]["body"]
    assert len(made.request_body) == BODY_CAP
    assert made.notes["request_bytes"] > BODY_CAP
