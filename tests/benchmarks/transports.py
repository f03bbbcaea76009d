"""CPU time per request of both transports and of a bare curl loop, against a local sink in a process of its own.

Run by hand: python tests/benchmarks/transports.py [requests per round, 20000 by default]
"""

import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n"
    b'Date: Sat, 01 Aug 2026 12:00:00 GMT\r\nServer: sink\r\n\r\n{"ok":true}'
)
BODY = b'{"event_type": "signup", "user_id": "u-1"}' * 15
CONNECTIONS = (10, 20, 50)


def sink() -> None:
    """Answers each request at once, until standard input is closed. Prints its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listener.getsockname()[1], flush=True)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    connections, received = {}, {}
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connections[connection.fileno()] = connection
                received[connection.fileno()] = b""
                poll.register(connection, select.POLLIN)
            elif number in connections:
                data = connections[number].recv(1 << 18)
                if data:
                    received[number] = answer_whole_requests(connections[number], received[number] + data)
                else:
                    poll.unregister(number)
                    connections.pop(number).close()
            else:
                return


def answer_whole_requests(connection: socket.socket, data: bytes) -> bytes:
    while (end := data.find(b"\r\n\r\n")) >= 0:
        length = int(re.search(rb"(?i)content-length: (\d+)", data)[1])
        if len(data) < end + 4 + length:
            break
        data = data[end + 4 + length :]
        connection.sendall(ANSWER)
    return data


@contextmanager
def running_sink() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, __file__, "sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/hook"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def bare_curl(url: str, count: int, connections: int) -> None:
    import pycurl

    multi = pycurl.CurlMulti()
    idle = []
    for _ in range(connections):
        curl = pycurl.Curl()
        for option, value in (
            (pycurl.URL, url),
            (pycurl.HTTPHEADER, ["Content-Type: application/json", "User-Agent: bench", "Expect:"]),
            (pycurl.POSTFIELDS, BODY),
            (pycurl.WRITEFUNCTION, len),
            (pycurl.NOSIGNAL, 1),
        ):
            curl.setopt(option, value)
        idle.append(curl)
    begun = done = 0
    while done < count:
        while idle and begun < count:
            multi.add_handle(idle.pop())
            begun += 1
        multi.perform()
        _, succeeded, failed = multi.info_read()
        if failed:
            raise SystemExit(f"The sink failed: {failed[0]}")
        for curl in succeeded:
            multi.remove_handle(curl)
            idle.append(curl)
        done += len(succeeded)
        if not succeeded:
            multi.select(1.0)


def through_transport(name: str) -> Callable[[str, int, int], None]:
    from delivery.transports import OutgoingRequest, make_transport, send_many

    def run(url: str, count: int, connections: int) -> None:
        transport = make_transport(name, (ip_network("127.0.0.0/8"),), max_connections=connections)
        for first in range(0, count, 500):  # batches, as a lane sends them
            requests = (
                OutgoingRequest(
                    "POST",
                    url,
                    [("Content-Type", "application/json"), ("User-Agent", "bench"), ("X-Id", str(number))],
                    BODY,
                )
                for number in range(first, min(first + 500, count))
            )
            for outcome in send_many(requests, transport):
                if not outcome.ok:
                    raise SystemExit(f"The sink failed: {outcome.error}")
        transport.close()

    return run


def main(count: int) -> None:
    rounds = (
        ("bare curl loop", bare_curl, count),
        ("curl transport", through_transport("curl"), count),
        ("requests transport", through_transport("requests"), count // 10),
    )
    with running_sink() as url:
        for name, run, requests in rounds:
            for connections in CONNECTIONS:
                cpu, wall = time.process_time(), time.perf_counter()
                run(url, requests, connections)
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                print(
                    f"{name:20} {connections:3} connections  {cpu / requests * 1e6:7.1f} µs CPU per request  "
                    f"{requests / wall:8,.0f} requests/s"
                )


if __name__ == "__main__":
    if sys.argv[1:] == ["sink"]:
        sink()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
