"""Bodies that do not come to their end cost a connection, not a thread; and whole ones arrive as they were sent."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from streamhub import buffering
from streamhub.buffering import Body, Buffered

KEY = "0123456789abcdef0123456789abcdef"


def scope(**headers: str) -> dict:
    return {
        "type": "http",
        "method": "POST",
        "raw_path": b"/a%20b/%C3%A9",
        "query_string": b"x=1",
        "http_version": "1.1",
        "scheme": "http",
        "client": ("203.0.113.9", 4711),
        "server": ("127.0.0.1", "8000"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }


def answer(application, messages: list[dict], given: dict | None = None) -> tuple[int, dict[bytes, bytes], bytes, int]:
    """(status, headers, body, parts of it) of what is sent for these messages; after the last one there is silence."""
    sent: list[dict] = []

    async def run() -> None:
        coming = iter(messages)

        async def receive() -> dict:
            if (message := next(coming, None)) is None:
                await asyncio.sleep(60)
            return message

        async def send(message: dict) -> None:
            sent.append(message)

        with ThreadPoolExecutor(1) as pool:
            buffered = Buffered(application, lambda path: pool, lambda scope: buffering.LARGEST)
            await buffered(given or scope(**{"content-length": "10"}), receive, send)

    # In a thread of its own: browser tests leave a loop running in the first one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
    if not sent:
        return 0, {}, b"", 0
    parts = [message["body"] for message in sent[1:]]
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * (len(parts) - 1) + [False]
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(parts), len(parts)


def part(body: bytes, more: bool = False) -> dict:
    return {"type": "http.request", "body": body, "more_body": more}


GONE = {"type": "http.disconnect"}
CHUNKED = scope(**{"transfer-encoding": "chunked"})


def echo(environ, start_response) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return iter([environ["wsgi.input"].read()])


def never(environ, start_response):
    raise AssertionError("it got a request that was not whole")


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    assert Body.buffered == 0


class TestBodies:
    def test_in_parts(self):
        assert answer(echo, [part(b"12345", True), part(b"67890")])[:3] == (
            200,
            {b"content-type": b"text/plain"},
            b"1234567890",
        )

    def test_beyond_what_is_kept_in_memory(self, monkeypatch):
        monkeypatch.setattr(buffering, "IN_MEMORY", 10)
        assert answer(echo, [part(b"x" * 100, True), part(b"y" * 100)])[2] == b"x" * 100 + b"y" * 100

    def test_silence_in_the_middle(self, monkeypatch):
        monkeypatch.setattr(buffering, "SILENCE", 0.01)
        status, headers, words, _ = answer(never, [part(b"12345", True)])
        assert (status, headers, words) == (408, {b"connection": b"close"}, buffering.TOO_SLOW.words)

    def test_silence_before_the_first_byte(self, monkeypatch):
        monkeypatch.setattr(buffering, "SILENCE", 0.01)
        assert answer(never, [])[0] == 408

    def test_hung_up_in_the_middle(self):
        assert answer(never, [part(b"12345", True), {"type": "http.disconnect"}])[0] == 0

    def test_too_large(self, monkeypatch):
        monkeypatch.setattr(buffering, "LARGEST", 8)
        assert answer(never, [part(b"12345", True), part(b"67890", True), GONE], CHUNKED)[0] == 413

    def test_too_many_at_a_time(self, monkeypatch):
        monkeypatch.setattr(buffering, "MOST_BUFFERED", 8)
        assert answer(never, [part(b"12345", True), part(b"67890", True), GONE])[0] == 503

    def test_without_a_body_nothing_is_waited_for(self):
        assert answer(echo, [], scope(accept="*/*"))[0] == 200


class TestAnswers:
    def test_long_ones_are_passed_on_in_parts(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            return (b"x" * 40_000 for _ in range(5))

        status, _, body, parts = answer(application, [], scope(accept="*/*"))
        assert (status, len(body), parts) == (200, 200_000, 4)

    def test_is_closed_in_its_thread(self):
        closed = []

        class Parts(list):
            def close(self):
                closed.append(True)

        def application(environ, start_response):
            start_response("204 No Content", [])
            return Parts()

        assert answer(application, [], scope(accept="*/*"))[0] == 204
        assert closed == [True]

    def test_the_environment(self):
        seen = {}

        def application(environ, start_response):
            seen.update(environ)
            return echo(environ, start_response)

        headers = scope(**{"content-type": "text/plain", "x-a": "1", "x_forwarded_for": "10.0.0.1", "cookie": "a=1"})
        headers["headers"] += [(b"cookie", b"b=2"), (b"x-a", b"2"), (b"transfer-encoding", b"chunked")]
        answer(application, [part(b"12345")], headers)
        expected = {
            "PATH_INFO": "/a b/Ã©",
            "QUERY_STRING": "x=1",
            "REMOTE_ADDR": "203.0.113.9",
            "CONTENT_LENGTH": "5",
            "CONTENT_TYPE": "text/plain",
            "HTTP_X_A": "1,2",
            "HTTP_COOKIE": "a=1; b=2",
        }
        assert {name: seen[name] for name in expected} == expected
        assert not {"HTTP_X_FORWARDED_FOR", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH"} & seen.keys()
