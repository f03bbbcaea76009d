import gzip
import os
import socket
import subprocess
import sys
import time
import zlib
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest

from events.dialects.body import BodyRefused, read_body

LIMIT = 1000


def packed(body: bytes) -> bytes:
    """Gzip without the hour in it: test names are made of these bytes, and have to be the same in every process."""
    return gzip.compress(body, 1, mtime=0)


GZIPPED = packed(b'{"a": 1}')


def request(body, *, length=True, encoding=None, **environ):
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(body)} | environ
    if length:
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        environ["wsgi.input_terminated"] = True
    if encoding is not None:
        environ["HTTP_CONTENT_ENCODING"] = encoding
    return WSGIRequest(environ)


@pytest.mark.parametrize(
    ("body", "encoding", "read"),
    [
        (b"", None, b""),
        (b"x" * LIMIT, None, b"x" * LIMIT),
        (b"x", "identity", b"x"),
        (b"x", "", b"x"),
        (GZIPPED, "gzip", b'{"a": 1}'),
        (GZIPPED, "GZIP", b'{"a": 1}'),
        (GZIPPED, " x-gzip ", b'{"a": 1}'),
        (packed(b"a") + packed(b"b") + packed(b"c"), "gzip", b"abc"),
        (GZIPPED + b"\0\0\0", "gzip", b'{"a": 1}'),
    ],
)
@pytest.mark.parametrize("length", [True, False], ids=["with length", "chunked"])
def test_what_is_read(body, encoding, read, length):
    assert read_body(request(body, length=length, encoding=encoding), LIMIT) == read


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"x" * (LIMIT + 1), None, 413),
        (packed(b"x" * (LIMIT + 1)), "gzip", 413),
        (packed(b"x" * LIMIT) + packed(b"x"), "gzip", 413),
        (GZIPPED[:-5], "gzip", 400),
        (GZIPPED[:10], "gzip", 400),
        (b"", "gzip", 400),
        (GZIPPED[:-5] + b"wrong", "gzip", 400),
        (GZIPPED + b"rest", "gzip", 400),
        (b'{"a": 1}', "gzip", 400),
        (zlib.compress(b"a"), "gzip", 400),
        (packed(b"") * 9, "gzip", 400),
        (b"x", "br", 415),
        (b"x", "deflate", 415),
        (b"x", "zstd", 415),
        (GZIPPED, "gzip, gzip", 415),
    ],
)
@pytest.mark.parametrize("length", [True, False], ids=["with length", "chunked"])
def test_what_is_refused(body, encoding, status, length):
    with pytest.raises(BodyRefused) as refused:
        read_body(request(body, length=length, encoding=encoding), LIMIT)
    assert refused.value.status == status
    assert str(refused.value)


def test_a_length_over_the_limit_is_refused_before_reading():
    class Unreadable(BytesIO):
        def read(self, size=-1):
            raise AssertionError("the body was read")

    one = request(b"", **{"wsgi.input": Unreadable()})
    one.META["CONTENT_LENGTH"] = "1001"
    with pytest.raises(BodyRefused) as refused:
        read_body(one, 1000)
    assert refused.value.status == 413


@pytest.mark.parametrize(("length", "status"), [("12", 400), ("-1", 400), ("ten", 400), ("1" * 5000, 413), ("²", 400)])
def test_lengths_that_are_not_true(length, status):
    one = request(b"x" * 10)
    one.META["CONTENT_LENGTH"] = length
    one._stream.remaining = 12
    with pytest.raises(BodyRefused) as refused:
        read_body(one, LIMIT)
    assert refused.value.status == status


def test_an_endless_chunked_body_is_cut_off():
    class Endless(BytesIO):
        def read(self, size=-1):
            return b"x" * size

    with pytest.raises(BodyRefused) as refused:
        read_body(request(b"", length=False, **{"wsgi.input": Endless()}), 10_000_000)
    assert refused.value.status == 413


def test_a_broken_chunk():
    class Broken(BytesIO):
        def read(self, size=-1):
            raise OSError("bad chunk")

    with pytest.raises(BodyRefused) as refused:
        read_body(request(b"", length=False, **{"wsgi.input": Broken()}), LIMIT)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("make", "status"),
    [(lambda: packed(b"\0" * 300_000_000), 413), (lambda: packed(b"") * 200_000, 400)],
    ids=["one of many bytes", "many of none"],
)
def test_bombs_cost_nothing(make, status):
    bomb = make()
    started = time.process_time()
    with pytest.raises(BodyRefused) as refused:
        read_body(request(bomb, encoding="gzip"), 20_000_000)
    assert refused.value.status == status
    assert time.process_time() - started < 1


def test_the_server_hands_chunked_bodies_on():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(port),
            "--no-ws",
            "streamhub.wsgi:application",
        ],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answer = _say(port, b"POST /2/httpapi HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\n9\r\n{\"events\"\r\n4\r\n: 5}\r\n0\r\n\r\n")  # fmt: skip
        assert b'"missing_field":"api_key"' in answer, "the body was read and parsed"
    finally:
        server.terminate()
        server.wait()


def _say(port, words):
    end = time.monotonic() + 30
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(words)
                return b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
