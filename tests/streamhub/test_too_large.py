"""Bodies that are too large are answered before they have come, and senders that are still sending read the answer."""

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from cohorts.api import door as cohorts_api
from events.annotations.api import fields as annotations_api
from events.dialects import segment
from streamhub.body_limits import OF_ADDRESSES
from tests.hub import Hub, hub

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]
MEGABYTE = 1024 * 1024
KEY = "0123456789abcdef0123456789abcdef"
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
HALF_SENT = 200
COOKIE = f"csrftoken={'a' * 32}"  # without it a page refuses a form before it looks at its length
# (address, content type, the most it takes, what the answer says beyond it)
ADDRESSES = [
    ("/2/httpapi", "", MEGABYTE, b'"code":413'),
    ("/batch", "", 20 * MEGABYTE, b'"code":413'),
    ("/identify", "", MEGABYTE, b"Payload too large"),
    ("/groupidentify", "", MEGABYTE, b"Payload too large"),
    ("/v1/track", "", segment.MOST_BYTES, b"request size exceeds max limit"),
    ("/v1/batch", "", segment.MOST_BYTES, b"request size exceeds max limit"),
    ("/beacon/v1/batch", "", segment.MOST_BYTES, b"request size exceeds max limit"),
    (f"/hooks/amplitude/{KEY}", "", MEGABYTE, b'"success": false'),
    ("/login/", FORM, 2 * MEGABYTE, b"That form is too large."),
    ("/login/", FILES, 1024 * MEGABYTE, b"The request body is too large."),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Hub]:
    with hub() as started:
        started.apply({"projects": [{"name": "Shop", "api_key": KEY}]})
        yield started


def begin(running: Hub, path: str, *headers: str, body: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", running.port), timeout=10)
    head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Cookie: {COOKIE}", *headers, "", ""]
    line.sendall("\r\n".join(head).encode() + body)
    return line


def answer_on(line: socket.socket) -> tuple[int, bytes, str]:
    """What has come, of a request that may be half sent."""
    response = http.client.HTTPResponse(line)
    response.begin()
    return response.status, response.read(), response.headers.get("Connection", "")


@pytest.mark.parametrize(("path", "content", "most", "words"), ADDRESSES, ids=[f"{a[0]} {a[1][:5]}" for a in ADDRESSES])
class TestByAddress:
    def test_by_its_length_before_a_byte_of_it(
        self, running: Hub, path: str, content: str, most: int, words: bytes
    ) -> None:
        with closing(begin(running, path, f"Content-Type: {content}", f"Content-Length: {most + 1}")) as line:
            status, body, connection = answer_on(line)
        assert (status, connection) == (413, "close")
        assert words.replace(b" ", b"") in body.replace(b" ", b"")

    def test_as_much_as_it_takes_is_waited_for(
        self, running: Hub, path: str, content: str, most: int, words: bytes
    ) -> None:
        with closing(begin(running, path, f"Content-Type: {content}", f"Content-Length: {most}")) as line:
            line.settimeout(0.2)
            with pytest.raises(TimeoutError):
                line.recv(1)


def test_in_chunks_as_soon_as_there_is_more_than_the_address_takes(running: Hub) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with closing(begin(running, "/2/httpapi", "Transfer-Encoding: chunked", body=chunk * 16)) as line:
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.settimeout(10)
        line.sendall(chunk)
        status, body, connection = answer_on(line)
    assert (status, connection) == (413, "close")
    assert b"Payload too large" in body


class TestSendersThatAreStillSending:
    """Much more than the buffers of a connection hold. None of them sees a broken connection."""

    SIZE = 48 * MEGABYTE

    def test_http_client_sends_all_before_it_reads(self, running: Hub) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)) as connection:
            connection.request("POST", "/2/httpapi", b"x" * self.SIZE)
            response = connection.getresponse()
            assert response.status == 413
            assert b"Payload too large" in response.read()

    def test_requests_in_chunks(self, running: Hub) -> None:
        parts = (b"x" * MEGABYTE for _ in range(48))
        answer = requests.post(f"http://127.0.0.1:{running.port}/batch", data=parts, timeout=20)
        assert answer.status_code == 413
        assert answer.json()["code"] == 413

    @pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
    @pytest.mark.parametrize("expect", ["Expect: 100-continue", "Expect:"])
    def test_curl(self, running: Hub, tmp_path: Path, expect: str) -> None:
        (tmp_path / "body").write_bytes(b"x" * self.SIZE)
        command = ["curl", "-sS", "-m", "20", "-w", " %{http_code}", "--data-binary", f"@{tmp_path / 'body'}"]
        url = f"http://127.0.0.1:{running.port}/v1/batch"
        done = subprocess.run([*command, "-H", expect, url], capture_output=True, text=True)
        assert (done.returncode, done.stdout[-4:]) == (0, " 413"), done.stderr

    def test_a_page(self, running: Hub) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)) as connection:
            connection.request("POST", "/login/", b"x" * self.SIZE, {"Content-Type": FORM, "Cookie": COOKIE})
            response = connection.getresponse()
            assert response.status == 413
            assert b"A form may have 2 MB." in response.read()


def test_many_that_never_end_keep_no_thread(running: Hub) -> None:
    """The rest of each is dropped by the event loop."""
    lines = [begin(running, "/2/httpapi", f"Content-Length: {10**9}") for _ in range(50)]
    assert {answer_on(line)[0] for line in lines} == {413}
    began = time.monotonic()
    assert requests.get(f"http://127.0.0.1:{running.port}/healthz", timeout=5).status_code == 200
    assert time.monotonic() - began < 2
    for line in lines:
        line.close()


class TestHalfSent:
    """The last one, because the hub ends with it."""

    def test_they_keep_nobody_out_and_the_hub_from_no_end(self, running: Hub) -> None:
        with ExitStack() as open_ones:
            for _ in range(HALF_SENT):
                line = begin(running, "/2/httpapi", "Content-Length: 500", body=b'{"api_key": "')
                open_ones.enter_context(closing(line))
            took = [post(running, number) for number in range(20)]
            assert max(took) < 5, took
            began = time.monotonic()
            assert running.stop() == 0
            assert time.monotonic() - began < 40, "those that wait for the rest of a body do not keep it from stopping"


def post(running: Hub, number: int) -> float:
    began = time.monotonic()
    event = {"event_type": "Order Placed", "user_id": "user-1", "insert_id": str(number)}
    answer = requests.post(
        f"http://127.0.0.1:{running.port}/2/httpapi", json={"api_key": KEY, "events": [event]}, timeout=10
    )
    assert (answer.status_code, answer.json()["events_ingested"]) == (200, 1)
    return time.monotonic() - began


def test_every_limit_is_tried() -> None:
    tried = {beginning for beginning in OF_ADDRESSES for path, *_ in ADDRESSES if path.startswith(beginning)}
    elsewhere = {"/inbox/", "/api/v1/", "/api/2/annotation", "/api/3/annotation", "/api/"}
    assert set(OF_ADDRESSES) == tried | elsewhere
    assert OF_ADDRESSES["/api/3/annotation"] == annotations_api.MOST_BYTES
    assert OF_ADDRESSES["/api/"] == cohorts_api.MOST_BYTES
