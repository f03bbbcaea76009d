"""A real receiver on a local port, made of raw sockets so that it can misbehave in every way."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Received:
    """One request as it came over the wire."""

    line: str
    headers: list[tuple[str, bytes]]
    body: bytes

    def header(self, name: str) -> bytes | None:
        found = [value for each, value in self.headers if each.lower() == name.lower()]
        assert len(found) < 2, f"{name} came {len(found)} times"
        return found[0] if found else None


Behaviour = Callable[[socket.socket, threading.Event], None]


def says(*answers: bytes) -> Callable[[int], Behaviour]:
    """Answers the first request with the first answer and so on; the last one is repeated."""

    def behave(number: int) -> Behaviour:
        return lambda connection, stopped: connection.sendall(answers[min(number, len(answers) - 1)])

    return behave


def does(behaviour: Behaviour) -> Callable[[int], Behaviour]:
    return lambda number: behaviour


class Receiver:
    """`behave(n)` is what to do once request number n was read; the connection is closed if that returns True."""

    def __init__(self, behave: Callable[[int], Behaviour] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave or says(OK)
        self.tls = tls
        self.connections = 0
        self.subjects: list[str | None] = []  # of the client certificates, one for each request
        self.requests: list[Received] = []
        self._stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                self._open.append(connection)
                _shake_hands(connection)
            with connection, connection.makefile("rb") as file:
                while received := _read(file):
                    number = len(self.requests)
                    self.subjects.append(_subject(connection))
                    self.requests.append(received)
                    if self.behave(number)(connection, self._stopped):
                        return
        except OSError:
            pass  # the other side went away, as some tests want it to
        finally:
            connection.close()


def _subject(connection: socket.socket) -> str | None:
    shown = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    return dict(row[0] for row in shown["subject"])["commonName"] if shown else None


def _shake_hands(connection: ssl.SSLSocket) -> None:
    try:
        connection.do_handshake()
    except ssl.SSLError:
        # Read what the other side has sent by now: closing over unread bytes would overtake our alert with a reset.
        socket.socket.shutdown(connection, socket.SHUT_WR)
        while socket.socket.recv(connection, 65_536):
            pass
        raise


def _read(file) -> Received | None:
    line = file.readline()
    if not line:
        return None
    headers = []
    while (row := file.readline()) not in (b"\r\n", b""):
        name, _, value = row.partition(b":")
        headers.append((name.decode("latin-1"), value.strip(b" \r\n")))
    received = Received(line.decode("latin-1").rstrip("\r\n"), headers, b"")
    received.body = file.read(int(received.header("Content-Length") or 0))
    return received
