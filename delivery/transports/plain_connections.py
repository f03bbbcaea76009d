"""Connections for `requests` that check the address they dial and end at a deadline.

urllib3's timeouts are per read, so a receiver that drips bytes could hold a thread for ever. Here each read
and write gets the time left of the whole try. urllib3 has no public hook after DNS either, so the one place
that makes a socket (`_new_conn`) is replaced; the tests hold it in place.
"""

import http.client
import socket
import ssl
import threading
from io import BufferedIOBase
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import connection, connectionpool
from urllib3.exceptions import NameResolutionError, NewConnectionError

from delivery.transports.client_identity import load_certificate
from delivery.transports.guard import AddressGuard
from delivery.transports.seam import ClientCertificate


class CurrentTry(threading.local):
    """What the connections need to know of the try that this thread makes, and what they found out."""

    connect_deadline: float = 0.0  # both on the monotonic clock
    deadline: float = 0.0
    connected: bool = False
    refusal: str = ""

    def begin(self, connect_timeout: float, total_timeout: float) -> None:
        now = monotonic()
        self.connect_deadline = now + min(connect_timeout, total_timeout)
        self.deadline = now + total_timeout
        self.connected = False
        self.refusal = ""

    def time_left(self) -> float:
        left = (self.deadline if self.connected else self.connect_deadline) - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


current_try = CurrentTry()


class RefusedAddress(NewConnectionError):
    """All addresses of the host are refused."""


class _UntilDeadline(socket.socket):
    """No call waits longer than the try has time left."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(current_try.time_left())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(current_try.time_left())
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(current_try.time_left())
        return super().sendall(*args, **kwargs)


class _TLSSocket(_UntilDeadline, ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(current_try.time_left())
        super().do_handshake(block)


def _dial(conn: connection.HTTPConnection, guard: AddressGuard) -> socket.socket:
    """A socket connected to the first address that is allowed and answers.

    There is one look-up, and what it says is both checked and dialled. It has the resolver's own time limit only.
    """
    try:
        answers = socket.getaddrinfo(conn._dns_host, conn.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameResolutionError(conn.host, conn, error) from error  # type: ignore[arg-type]  # it is only quoted
    failed: OSError | None = None
    for family, kind, protocol, _, address in answers:
        refusal = guard.refusal(str(address[0]), int(address[1]))
        if refusal:
            current_try.refusal = refusal
            continue
        sock = _UntilDeadline(family, kind, protocol)
        try:
            for option in conn.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(current_try.time_left())
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            failed = error
    if failed:
        raise failed
    raise RefusedAddress(conn, "refused address")


class _FinalAnswer(http.client.HTTPResponse):
    """Skips all interim answers, not only 100, and takes no headers whose end did not come."""

    def begin(self) -> None:
        if self.headers is not None:
            return
        self.fp = reader = _LineReader(self.fp)
        try:
            super().begin()
        finally:
            if self.fp is reader:
                self.fp = reader.file
        if reader.last_line not in (b"\r\n", b"\n"):
            raise http.client.IncompleteRead(b"")

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # the stubs leave it out
            if not 101 < status < 200:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _LineReader:
    """Stands before the socket's file while the headers are read, and remembers the last line."""

    def __init__(self, file: BufferedIOBase) -> None:
        self.file = file
        self.last_line = b""

    def readline(self, limit: int) -> bytes:
        self.last_line = self.file.readline(limit)
        return self.last_line

    def close(self) -> None:
        self.file.close()


class _Checked(connection.HTTPConnection):
    """To be put before urllib3's connections."""

    guard: AddressGuard
    response_class = _FinalAnswer

    def _new_conn(self) -> socket.socket:
        return _dial(self, self.guard)

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        current_try.connected = True
        super().request(*args, **kwargs)


class CheckedAdapter(HTTPAdapter):
    """Knows no proxies: their pools would be made of stock connections."""

    def __init__(self, guard: AddressGuard, connections: int, certificate: ClientCertificate | None = None) -> None:
        self._guard, self._certificate = guard, certificate
        super().__init__(pool_connections=4 * connections, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.sslsocket_class = _TLSSocket
        if self._certificate:
            load_certificate(context, self._certificate)
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
        guarded = {"guard": self._guard}
        plain = type("CheckedConnection", (_Checked, connection.HTTPConnection), guarded)
        secure = type("CheckedTLSConnection", (_Checked, connection.HTTPSConnection), guarded)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("CheckedPool", (connectionpool.HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("CheckedTLSPool", (connectionpool.HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> None:
        raise ValueError("This transport has no proxies: their connections would not be checked.")
