"""Both transports against real local receivers: what goes over the wire, and what is made of what comes back."""

import os
import resource
import socket
import struct
import time
from ipaddress import ip_network

import pytest

from delivery.retries import ONE_TRY, TryPolicy
from delivery.transports import BODY_CAP, ERROR_KINDS, OutgoingRequest, make_transport, send_many
from tests.delivery.misbehaving import OK, Receiver, does, says
from tests.receiver import receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)
HEADERS = (("Content-Type", "application/json"), ("User-Agent", "StreamHub"))
SOON = 0.3  # seconds: the total timeout in tests that wait for it


@pytest.fixture(params=["curl", "requests"])
def name(request):
    return request.param


@pytest.fixture
def transport(name):
    transport = make_transport(name, LOOPBACK)
    yield transport
    transport.close()


def post(url, **changes):
    return OutgoingRequest(**({"method": "POST", "url": url, "headers": HEADERS, "body": b"{}"} | changes))


def send(transport, request):
    (outcome,) = send_many([request], transport)
    assert outcome.request is request
    assert outcome.error_kind in ERROR_KINDS
    assert (outcome.status is None) == bool(outcome.error) == bool(outcome.error_kind)
    assert outcome.duration >= 0
    assert outcome.tries[-1].status == outcome.status
    assert outcome.tries[-1].error == outcome.error
    return outcome


def answer(status, body=b"", headers=b""):
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


# What goes over the wire


def test_a_request_as_the_receiver_sees_it(transport):
    with Receiver() as receiver:
        before = time.time()
        outcome = send(transport, post(receiver.url + "/a/../b?x=%20y", body=b'{"a": 1}', token="mine"))
        assert outcome.ok
        assert (outcome.status, outcome.body, outcome.body_cut) == (200, b"ok", False)
        assert outcome.request.token == "mine"
        assert before - 1 < outcome.tries[0].started_at < time.time() + 1
        (received,) = receiver.requests
    assert received.line == "POST /hook/a/../b?x=%20y HTTP/1.1"
    assert received.body == b'{"a": 1}'
    assert received.header("Host") == f"127.0.0.1:{receiver.port}".encode()
    assert received.header("Content-Type") == b"application/json"
    assert received.header("User-Agent") == b"StreamHub"
    assert received.header("Content-Length") == b"8"
    rest = {name.lower() for name, _ in received.headers} - {
        "host", "content-type", "user-agent", "content-length", "accept-encoding",
    }  # fmt: skip
    assert rest == set()
    assert received.header("Accept-Encoding") in (None, b"identity")


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("POST", b"", b"0"),
        ("PUT", b"", b"0"),
        ("PATCH", b"", b"0"),
        ("GET", b"", None),
        ("DELETE", b"", None),
        ("POST", b"abc", b"3"),
        ("PUT", b"abc", b"3"),
        ("PATCH", b"abc", b"3"),
        ("GET", b"abc", b"3"),
        ("DELETE", b"abc", b"3"),
    ],
)
def test_methods_with_and_without_a_body(transport, method, body, length):
    with Receiver() as receiver:
        assert send(transport, post(receiver.url, method=method, body=body)).ok
        (received,) = receiver.requests
    assert received.line.startswith(f"{method} /hook ")
    assert received.header("Content-Length") == length
    assert received.body == body
    assert received.header("Transfer-Encoding") is None


def test_methods_and_bodies_do_not_stick_to_a_connection(name):
    transport = make_transport(name, LOOPBACK, max_connections=1)
    turns = [("POST", b"a"), ("GET", b""), ("DELETE", b""), ("PATCH", b""), ("GET", b"b"), ("GET", b""), ("PUT", b"c")]
    with Receiver() as receiver:
        for method, body in turns:
            headers = [*HEADERS, ("X-Turn", method)] if body else []
            assert send(transport, post(receiver.url, method=method, body=body, headers=headers)).ok
        assert [(each.line.split()[0], each.body) for each in receiver.requests] == turns
        assert [each.header("X-Turn") is not None for each in receiver.requests] == [bool(b) for _, b in turns]
        assert [each.header("User-Agent") is not None for each in receiver.requests] == [bool(b) for _, b in turns]
        assert receiver.connections == 1
    transport.close()


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("", b""),
        ("Zoë", "Zoë".encode()),
        ("日本", "日本".encode()),
        ("a\tb", b"a\tb"),
        ("  trimmed ", b"trimmed"),
        ("@/etc/passwd", b"@/etc/passwd"),
    ],
)
def test_header_values(transport, value, sent):
    with Receiver() as receiver:
        assert send(transport, post(receiver.url, headers=[*HEADERS, ("X-A", value)])).ok
        assert receiver.requests[0].header("X-A") == sent


def test_a_body_bigger_than_all_buffers(transport):
    body = bytes(range(256)) * 8192
    with Receiver() as receiver:
        assert send(transport, post(receiver.url, body=body)).ok
        assert receiver.requests[0].body == body
        assert receiver.requests[0].header("Expect") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": [("X-A", "1\r\nX-Evil: 2")]},
        {"headers": [("X-A", "1\nX-Evil: 2")]},
        {"headers": [("X-A\r\nX-Evil", "1")]},
        {"headers": [("X-A: 1\r\nX-Evil", "")]},
        {"headers": [("X-A", "a\x00b")]},
        {"headers": [("Host", "elsewhere.example")]},
        {"headers": [("Content-Length", "1")]},
        {"headers": [("Transfer-Encoding", "chunked")]},
        {"headers": [(f"X-{number}", "x" * 8000) for number in range(5)]},
        {"method": "get"},
        {"method": ""},
        {"method": "POST /x HTTP/1.1\r\nHost: y"},
        {"url": "file:///etc/passwd"},
        {"url": "gopher://127.0.0.1/"},
        {"url": "http://127.0.0.1/a b"},
        {"url": "http://127.0.0.1/\r\nX-Evil: 1"},
        {"url": "http://127.0.0.1\\@example.com/"},
        {"url": "http://日本.example/"},
        {"url": ""},
    ],
)
def test_nothing_is_sent_that_could_be_read_as_something_else(transport, changes):
    with Receiver() as receiver:
        started = time.monotonic()
        outcome = send(transport, post(**({"url": receiver.url} | changes)))
        assert time.monotonic() - started < 8
        assert outcome.error_kind == "bad_request"
        assert outcome.permanent
        assert outcome.error.startswith("Not sent: ")
        assert "Evil" not in outcome.error.replace("X-Evil", "")
        assert send(transport, post(receiver.url)).ok  # and it still works
        assert len(receiver.requests) == 1
        assert receiver.requests[0].header("X-Evil") is None


# What comes back


def test_headers_of_the_answer(transport):
    reply = answer(
        b"201 Created",
        b"{}",
        b"Content-Type: application/json\r\nX-Two: a\r\nX-Two: b\r\nX-Empty:\r\nX-U: Zo\xc3\xab\r\n",
    )
    with Receiver(says(reply)) as receiver:
        outcome = send(transport, post(receiver.url))
    assert outcome.status == 201
    assert outcome.headers == [
        ("Content-Type", "application/json"),
        ("X-Two", "a"),
        ("X-Two", "b"),
        ("X-Empty", ""),
        ("X-U", "Zoë"),
        ("Content-Length", "2"),
    ]


@pytest.mark.parametrize(
    "status", [200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 404, 410, 413, 429, 500, 503, 599]
)
def test_statuses_are_outcomes(transport, status):
    reply = answer(b"%d X" % status, headers=b"Location: http://127.0.0.1:1/elsewhere\r\n")
    with Receiver(says(reply)) as receiver:
        outcome = send(transport, post(receiver.url, tries=ONE_TRY))
        assert len(receiver.requests) == 1
    assert outcome.status == status
    assert outcome.ok == (status < 300)
    assert ("Location", "http://127.0.0.1:1/elsewhere") in outcome.headers


ANSWERS = {
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc"),
    "chunks and trailers": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
        200,
        b"a",
    ),
    "100 first": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"ok"),
    "102 and 103 first": (
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK,
        200,
        b"ok",
    ),
    "bytes after the answer": (OK + b"more", 200, b"ok"),
    "compressed, which is left as it is": (
        answer(b"200 OK", b"\x1f\x8bnot really", b"Content-Encoding: gzip\r\n"),
        200,
        b"\x1f\x8bnot really",
    ),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, b"ok"),
    "NUL in the body": (answer(b"200 OK", b"a\x00b"), 200, b"a\x00b"),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_answers(transport, case):
    reply, status, body = ANSWERS[case]
    with Receiver(says(reply)) as receiver:
        outcome = send(transport, post(receiver.url))
    assert (outcome.status, outcome.body, outcome.body_cut) == (status, body, False)
    assert not any(name in ("Link", "X-Sum") for name, _ in outcome.headers)


def test_an_answer_that_ends_with_the_connection(transport):
    def behave(connection, stopped):
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nto the end")
        return True

    with Receiver(does(behave)) as receiver:
        assert send(transport, post(receiver.url)).body == b"to the end"
        assert send(transport, post(receiver.url)).ok
        assert receiver.connections == 2


@pytest.mark.parametrize(
    ("size", "cut"), [(BODY_CAP - 1, False), (BODY_CAP, False), (BODY_CAP + 1, True), (20 * BODY_CAP, True)]
)
@pytest.mark.parametrize("status", [b"200 OK", b"404 Not Found"])
def test_bodies_are_kept_up_to_the_cap(transport, size, cut, status):
    with Receiver(says(answer(status, b"x" * size))) as receiver:
        outcome = send(transport, post(receiver.url))
        assert outcome.status == int(status[:3])
        assert outcome.body == b"x" * min(size, BODY_CAP)
        assert outcome.body_cut is cut
        assert send(transport, post(receiver.url)).status == int(status[:3])


def test_a_body_without_end_is_cut(transport):
    def pour(connection, stopped):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stopped.is_set():
            connection.sendall(b"x" * 65_536)

    with Receiver(does(pour)) as receiver:
        outcome = send(transport, post(receiver.url))
    assert (outcome.status, outcome.body_cut, len(outcome.body)) == (200, True, BODY_CAP)


# Receivers that are slow, broken or hostile


def drips(first, drop):
    def behave(connection, stopped):
        connection.sendall(first)
        while not stopped.wait(0.02):
            connection.sendall(drop)

    return behave


def hangs_up_after(*parts):
    def behave(connection, stopped):
        for part in parts:
            connection.sendall(part)
        return True

    return behave


def resets_after(part):
    def behave(connection, stopped):
        connection.sendall(part)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True

    return behave


START = b"HTTP/1.1 200 OK\r\n"
HEAD = START + b"Content-Length: 1000\r\n\r\n"
SLOW = {
    "never answers": (drips(b"", b""), "No answer within 0.3 s."),
    "drips header bytes": (drips(START + b"X-A: ", b"x"), "No answer within 0.3 s."),
    "drips header lines": (drips(START, b"X-A: 1\r\n"), "No answer within 0.3 s."),
    "continues for ever": (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "No answer within 0.3 s."),
    "hints for ever": (drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "No answer within 0.3 s."),
    "drips the body": (drips(HEAD, b"x"), "The answer (status 200) was not complete within 0.3 s."),
    "drips chunks": (
        drips(START + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "The answer (status 200) was not complete within 0.3 s.",
    ),
    "drips trailers": (
        drips(START + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"X-A: 1\r\n"),
        "The answer (status 200) was not complete within 0.3 s.",
    ),
}


@pytest.mark.parametrize("case", SLOW)
def test_slow_receivers_are_left_at_the_deadline(transport, case):
    behaviour, words = SLOW[case]
    with Receiver(does(behaviour)) as receiver:
        outcome = send(transport, post(receiver.url, total_timeout=SOON))
        assert len(receiver.requests) == 1
    assert (outcome.error_kind, outcome.permanent) == ("timeout", False)
    assert outcome.error == words
    assert SOON * 0.8 < outcome.duration < SOON * 4


BROKEN = {
    "hangs up at once": (hangs_up_after(), "reset"),
    "hangs up in the status line": (hangs_up_after(b"HTTP/1"), "protocol or reset"),
    "hangs up after the status line": (hangs_up_after(START), "reset"),
    "hangs up in a header": (hangs_up_after(START + b"Content-Le"), "reset"),
    "hangs up before the blank line": (hangs_up_after(START + b"Content-Length: 0\r\n"), "reset"),
    "hangs up in the body": (hangs_up_after(HEAD, b"x"), "reset"),
    "hangs up in a chunk": (hangs_up_after(START, b"Transfer-Encoding: chunked\r\n\r\n9\r\nx"), "reset"),
    "resets at once": (resets_after(b""), "reset"),
    "resets in the body": (resets_after(HEAD + b"x"), "reset"),
    "says only 103": (hangs_up_after(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "protocol or reset"),
    "speaks HTTP/0.9": (hangs_up_after(b"<html>hello</html>"), "protocol"),
    "speaks SMTP": (hangs_up_after(b"220 mail.example ESMTP\r\n"), "protocol"),
    "sends a header of 2 MB": (hangs_up_after(START, b"X-A: " + b"x" * 2_000_000, b"\r\n\r\n"), "protocol"),
    "sends 20,000 headers": (hangs_up_after(START, b"X-A: 1\r\n" * 20_000, b"\r\n"), "protocol"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_answers_are_failures(transport, case):
    behaviour, kind = BROKEN[case]
    with Receiver(does(behaviour)) as receiver:
        outcome = send(transport, post(receiver.url, total_timeout=5))
    assert outcome.status is None
    assert not outcome.permanent
    assert outcome.error_kind in kind.split(" or ")
    assert outcome.error.endswith(".")


@pytest.mark.parametrize("behaviour", [hangs_up_after, drips])
def test_a_failure_counts_by_its_status_even_if_its_body_breaks_off(transport, behaviour):
    head = b"HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\n"
    with Receiver(does(behaviour(head, b"x"))) as receiver:
        outcome = send(transport, post(receiver.url, tries=ONE_TRY, total_timeout=SOON))
    assert (outcome.status, outcome.body_cut) == (500, True)
    assert outcome.body[:1] == b"x"


def test_an_answer_before_the_request_was_read(transport):
    """The receiver says 413 after the headers, and goes on to swallow what comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport.submit(post(f"http://127.0.0.1:{listener.getsockname()[1]}/", body=b"x" * 3_000_000))
        transport.wait(0.05)
        connection, _ = listener.accept()
        with connection:
            connection.sendall(answer(b"413 Too Large"))
            connection.setblocking(False)
            outcomes = []
            while not outcomes:
                outcomes = transport.wait(0.02)
                try:
                    while connection.recv(1 << 20):
                        pass
                except BlockingIOError:
                    pass
    assert outcomes[0].status == 413


def test_connection_refused(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = send(transport, post(f"http://127.0.0.1:{port}/"))
    assert (outcome.error_kind, outcome.permanent) == ("connect", False)
    assert "refused" in outcome.error


def test_no_connection_in_time(transport):
    """A listener whose queue is full drops what knocks."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        with socket.create_connection(listener.getsockname()):
            request = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", connect_timeout=SOON)
            outcome = send(transport, request)
    assert outcome.error_kind == "timeout"
    assert outcome.error == "No connection within 0.3 s."
    assert outcome.duration < SOON * 4


def test_host_not_found(transport):
    outcome = send(transport, post("http://no-such-host.invalid/"))
    assert (outcome.error_kind, outcome.permanent) == ("dns", False)
    assert "not found" in outcome.error


# Connections


def test_connections_are_kept(transport):
    with Receiver() as receiver:
        for _ in range(5):
            assert send(transport, post(receiver.url)).ok
        assert len(receiver.requests) == 5
        assert receiver.connections == 1


def test_a_kept_connection_that_the_receiver_closed_is_replaced(transport):
    with Receiver(does(hangs_up_after(OK))) as receiver:
        for _ in range(3):
            assert send(transport, post(receiver.url)).ok
        assert receiver.connections == 3


def test_no_more_connections_than_allowed(name):
    transport = make_transport(name, LOOPBACK, max_connections=3)
    with Receiver() as receiver:
        started = time.monotonic()
        outcomes = list(send_many((post(receiver.url, token=number) for number in range(50)), transport))
        assert time.monotonic() - started < 8
        assert sorted(outcome.request.token for outcome in outcomes) == list(range(50))
        assert all(outcome.ok for outcome in outcomes)
        assert receiver.connections <= 3
    transport.close()


@pytest.fixture
def many_descriptors():
    """As in a process that has so much open that new descriptors are beyond what select() can watch."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    taken = [os.open(os.devnull, os.O_RDONLY)]
    while taken[-1] < 1024:
        taken.append(os.dup(taken[0]))
    yield
    for descriptor in taken:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_descriptors_beyond_1024(many_descriptors, transport):
    with Receiver() as receiver:
        outcomes = list(send_many([post(receiver.url, total_timeout=5) for _ in range(20)], transport))
    assert all(outcome.ok for outcome in outcomes)
    assert max(outcome.duration for outcome in outcomes) < 4.5


def test_a_slow_receiver_does_not_hold_up_others(transport):
    with Receiver(does(drips(b"", b""))) as slow, Receiver() as quick:
        requests = [post(slow.url, total_timeout=5, token="slow"), *(post(quick.url) for _ in range(20))]
        started = time.monotonic()
        for request in requests:
            transport.submit(request)
        outcomes = []
        while len(outcomes) < 20:
            outcomes += transport.wait(1)
        assert time.monotonic() - started < 4.5
        assert all(outcome.ok for outcome in outcomes)
        assert transport.in_flight == 1
        assert send_rest(transport) == ["slow"]


def send_rest(transport):
    return [outcome.request.token for outcome in send_many([], transport)]


def test_waiting_ends_in_time_and_costs_nothing(transport):
    assert transport.wait(5) == []  # nothing to wait for
    with Receiver(does(drips(b"", b""))) as receiver:
        transport.submit(post(receiver.url, total_timeout=5))
        transport.wait(0.01)
        started, cpu = time.monotonic(), time.process_time()
        assert transport.wait(SOON) == []
        assert SOON * 0.9 < time.monotonic() - started < 4
        assert time.process_time() - cpu < SOON * 0.7
        assert transport.in_flight == 1


def test_closing_drops_what_is_under_way(name):
    transport = make_transport(name, LOOPBACK)
    with Receiver(does(drips(b"", b""))) as receiver:
        transport.submit(post(receiver.url, total_timeout=SOON))
        transport.wait(0.01)
        transport.close()
        assert transport.in_flight == 0


# Tries inside an attempt

QUICK = TryPolicy(first_wait=0.02)
BUSY = answer(b"503 Busy", b"later")


@pytest.mark.parametrize(
    ("replies", "statuses"),
    [
        ([BUSY, BUSY, OK], [503, 503, 200]),
        ([BUSY, OK], [503, 200]),
        ([BUSY], [503, 503, 503]),
        ([answer(b"429 Slow Down"), OK], [429, 200]),
        ([answer(b"500 Oops"), answer(b"502 Gateway"), answer(b"599 X")], [500, 502, 599]),
        ([BUSY, answer(b"400 Bad")], [503, 400]),
        ([answer(b"400 Bad"), OK], [400]),
        ([answer(b"401 Who"), OK], [401]),
        ([answer(b"404 Where"), OK], [404]),
        ([answer(b"408 Slow"), OK], [408]),
        ([answer(b"410 Gone"), OK], [410]),
        ([answer(b"302 Found"), OK], [302]),
        ([OK], [200]),
    ],
)
def test_tries_are_repeated_for_5xx_and_429_only(transport, replies, statuses):
    with Receiver(says(*replies)) as receiver:
        outcome = send(transport, post(receiver.url, tries=QUICK, body=b"same"))
        assert [each.body for each in receiver.requests] == [b"same"] * len(statuses)
    assert [each.status for each in outcome.tries] == statuses
    assert outcome.status == statuses[-1]
    assert outcome.error == ""


def test_waits_between_tries(transport):
    with Receiver(says(BUSY)) as receiver:
        outcome = send(transport, post(receiver.url))
    first, second, third = (each.started_at for each in outcome.tries)
    assert 0.05 <= second - first < 0.15 + SOON
    assert 0.1 <= third - second < 0.3 + SOON
    assert outcome.duration >= 0.15


def test_failures_without_an_answer_are_not_tried_again(transport):
    with Receiver(does(hangs_up_after())) as receiver:
        assert len(send(transport, post(receiver.url, tries=QUICK)).tries) == 1


def test_a_failure_after_a_status_is_the_outcome(transport):
    def behave(number):
        return says(BUSY)(number) if number == 0 else hangs_up_after()

    with Receiver(behave) as receiver:
        outcome = send(transport, post(receiver.url, tries=QUICK))
    assert [each.status for each in outcome.tries] == [503, None]
    assert (outcome.status, outcome.error_kind, outcome.body, outcome.headers) == (None, "reset", b"", [])


def test_no_try_begins_after_its_window(transport):
    def slowly(connection, stopped):
        stopped.wait(0.5)
        connection.sendall(BUSY)

    with Receiver(does(slowly)) as receiver:
        outcome = send(transport, post(receiver.url, tries=TryPolicy(first_wait=0.01, no_try_after=0.9)))
        assert len(outcome.tries) == len(receiver.requests) == 2
    assert outcome.status == 503


def test_a_try_whose_connection_comes_free_too_late_is_left_out(name):
    transport = make_transport(name, LOOPBACK, max_connections=1)
    with Receiver(says(BUSY)) as busy, Receiver(does(drips(b"", b""))) as slow:
        transport.submit(post(busy.url, tries=TryPolicy(first_wait=0.02, no_try_after=0.1), token="busy"))
        transport.submit(post(slow.url, total_timeout=SOON, token="slow"))
        cpu = time.process_time()
        outcomes = {outcome.request.token: outcome for outcome in send_many([], transport)}
        assert len(busy.requests) == 1
        assert time.process_time() - cpu < SOON * 0.7  # waited, and did not spin
    transport.close()
    assert outcomes["busy"].status == 503
    assert outcomes["slow"].error_kind == "timeout"


def test_waiting_for_the_next_try_holds_no_connection(name):
    transport = make_transport(name, LOOPBACK, max_connections=1)
    with Receiver(says(BUSY)) as busy, Receiver() as quick:
        transport.submit(post(busy.url, tries=TryPolicy(first_wait=1, jitter=0, most=2), token="busy"))
        for number in range(5):
            transport.submit(post(quick.url, token=number))
        assert send_rest(transport) == [0, 1, 2, 3, 4, "busy"]
    transport.close()


# Addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_refused_when_it_is_dialled(name, host):
    transport = make_transport(name)
    with Receiver() as receiver:
        outcome = send(transport, post(f"http://{host}:{receiver.port}/", tries=QUICK))
        assert receiver.connections == 0
    transport.close()
    assert (outcome.error_kind, outcome.permanent, len(outcome.tries)) == ("refused_address", True, 1)
    assert "a loopback address" in outcome.error
    assert "127.0.0.1" not in outcome.error


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "0", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"]
)
def test_whatever_the_spelling_the_dialled_address_counts(name, host):
    transport = make_transport(name)
    with Receiver() as receiver:
        outcome = send(transport, post(f"http://{host}:{receiver.port}/", connect_timeout=SOON))
        assert receiver.connections == 0
    transport.close()
    assert outcome.error_kind == "refused_address"


def test_an_allowed_address_among_refused_ones_is_dialled(name, monkeypatch):
    """localhost is ::1 and 127.0.0.1 nearly everywhere; only the second is allowed here."""
    transport = make_transport(name, LOOPBACK)
    with Receiver() as receiver:
        assert send(transport, post(f"http://localhost:{receiver.port}/")).ok
        assert receiver.requests[0].header("Host") == f"localhost:{receiver.port}".encode()
    transport.close()


def test_redirects_into_the_network_are_not_followed(transport):
    with Receiver() as inside:
        reply = answer(b"307 Temporary", headers=b"Location: " + inside.url.encode() + b"\r\n")
        with Receiver(says(reply)) as receiver:
            assert send(transport, post(receiver.url)).status == 307
        assert inside.connections == 0


def test_requests_dials_what_it_checked(monkeypatch):
    """A name server that answers a public address first and a local one later: the second answer is checked too."""
    with Receiver() as receiver:
        answers = iter([["203.0.113.9"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.2"]])
        asked = []

        def getaddrinfo(host, port, *args, **kwargs):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, receiver.port)) for ip in next(answers)]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        transport = make_transport("requests", (ip_network("127.0.0.1/32"),))
        kinds = []
        for _ in range(3):
            outcome = send(transport, post("http://rebind.example/"))
            kinds.append(outcome.error_kind)
            transport._adapter(None).poolmanager.clear()  # a new connection each time
        transport.close()
        assert kinds == ["refused_address", "", "refused_address"]
        assert asked == ["rebind.example"] * 3  # one look-up each
        assert receiver.connections == 1


def test_curl_checks_each_address_as_numbers(monkeypatch):
    """Whatever DNS said, the socket hook sees what is about to be dialled, and a kept connection is checked again."""
    from delivery.transports.guard import AddressGuard

    seen = []
    refusal = AddressGuard.refusal
    monkeypatch.setattr(AddressGuard, "refusal", lambda self, ip, port: seen.append(ip) or refusal(self, ip, port))
    transport = make_transport("curl", LOOPBACK)
    with Receiver() as receiver:
        url = f"http://localhost:{receiver.port}/"
        assert send(transport, post(url)).ok
        dialled = seen.copy()
        assert "127.0.0.1" in dialled
        assert set(dialled) <= {"127.0.0.1", "::1"}
        assert send(transport, post(url)).ok
        assert receiver.connections == 1
        assert seen[len(dialled) :] == ["127.0.0.1"]
        monkeypatch.setattr(AddressGuard, "refusal", lambda self, ip, port: "an address refused by now")
        outcome = send(transport, post(url))
        assert outcome.error_kind == "refused_address"
        assert len(receiver.requests) == 2
    transport.close()


# The environment


def test_proxies_and_passwords_of_the_environment_are_ignored(name, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login thief password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with Receiver() as proxy, Receiver() as receiver:
        for variable in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        transport = make_transport(name, LOOPBACK)
        assert send(transport, post(receiver.url, headers=[("Authorization", "Bearer mine")])).ok
        assert send(transport, post(receiver.url, headers=[])).ok
        transport.close()
        assert proxy.connections == 0
        assert [each.header("Authorization") for each in receiver.requests] == [b"Bearer mine", None]


def test_cookies_are_not_kept(transport):
    with Receiver(says(answer(b"200 OK", headers=b"Set-Cookie: a=b\r\n"))) as receiver:
        for _ in range(2):
            assert send(transport, post(receiver.url)).ok
        assert receiver.requests[1].header("Cookie") is None


# Choosing a transport


def test_unknown_transports_are_refused_in_words():
    with pytest.raises(ValueError, match="STREAMHUB_TRANSPORT must be one of: curl, requests"):
        make_transport("carrier pigeon")


@pytest.mark.parametrize("name", ["curl", "requests"])
def test_a_single_endpoint_can_be_allowed_on_a_refused_address(name):
    with receiver() as allowed, receiver() as neighbour:
        port = int(allowed.url.split(":")[2].split("/")[0])
        transport = make_transport(name, allowed_endpoints=[("127.0.0.1", port)])
        requests = [OutgoingRequest("POST", hook.url, [], b"{}") for hook in (allowed, neighbour)]
        kinds = {outcome.request.url: outcome.error_kind for outcome in send_many(requests, transport)}
        transport.close()
    assert kinds == {allowed.url: "", neighbour.url: "refused_address"}
    assert neighbour.requests == []
