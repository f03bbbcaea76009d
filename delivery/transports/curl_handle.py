"""One easy handle of curl: set up once, then only what differs from its last request is set again."""

import socket
from functools import lru_cache
from time import time

import pycurl

from delivery.transports import failures
from delivery.transports.curl_words import failure
from delivery.transports.guard import AddressGuard
from delivery.transports.seam import BODY_CAP, ClientCertificate, Failure, Headers, Outcome, OutgoingRequest, Try
from delivery.transports.sendable import WITH_BODY, check_method, check_normal_url
from destinations.header_rules import MOST_BYTES, check_header, check_size

_CURLS_OWN_HEADERS = ("Accept", "Content-Type", "Expect", "User-Agent")


class Handle:
    """Sends one request at a time: `prepare`, add `curl` to a multi, and when that is through, `conclude`.

    The state is beside the curl object and not on it, because that one is slow to find its attributes.
    """

    __slots__ = (
        "_certificate", "_chunks", "_dialled", "_guard", "_has_body", "_headers", "_lines", "_method", "_outcome",
        "_refusal", "_sealed", "_setopt", "_size", "_started", "_started_at", "_timeouts", "_url", "curl",
    )  # fmt: skip

    def __init__(self, guard: AddressGuard, ca_file: str) -> None:
        self.curl = pycurl.Curl()
        self.curl.handle = self  # type: ignore[attr-defined]  # it takes attributes of any name
        self._setopt = self.curl.setopt
        self._guard = guard
        self._outcome: Outcome | None = None
        self._started = self._started_at = 0.0
        self._lines: list[bytes] = []  # of the answer's headers
        self._chunks: list[bytes] = []  # of its body
        self._size = 0
        self._refusal = ""  # why an address was refused
        self._dialled = False
        self._url: str | None = None
        self._method: str | None = None
        self._has_body: bool | None = None
        self._headers: Headers | None = None
        self._sealed: Headers = ()
        self._certificate: ClientCertificate | None = None
        self._timeouts = (0.0, 0.0)
        for option, value in (
            (pycurl.OPENSOCKETFUNCTION, self._open_socket),
            (pycurl.PREREQFUNCTION, self._allow_connection),
            (pycurl.HEADERFUNCTION, self._lines.append),
            (pycurl.WRITEFUNCTION, self._take),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.REDIR_PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROXY, ""),  # "" also switches off the variables http_proxy, ALL_PROXY...
            (pycurl.NETRC, pycurl.NETRC_IGNORED),
            (pycurl.NOSIGNAL, 1),
            (pycurl.PATH_AS_IS, 1),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.MAXLIFETIME_CONN, 600),  # seconds; then the name is looked up again
            (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
            (pycurl.SSL_VERIFYPEER, 1),
            (pycurl.SSL_VERIFYHOST, 2),
            (pycurl.CAINFO, ca_file),
        ):
            self._setopt(option, value)

    def prepare(self, outcome: Outcome, now: float) -> None:
        """Set the request up. Raises ValueError in words if it cannot be sent as it is."""
        request = outcome.request
        if request.url != self._url:
            check_normal_url(request.url)
            self._setopt(pycurl.URL, request.url)
            self._url = request.url
        self._set_headers(request.headers, request.begin_try())
        if request.certificate is not self._certificate:
            self._set_certificate(request.certificate)
        self._set_method_and_body(request)
        timeouts = (request.connect_timeout, request.total_timeout)
        if timeouts != self._timeouts:
            self._setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(request.connect_timeout))
            self._setopt(pycurl.TIMEOUT_MS, _milliseconds(request.total_timeout))
            self._timeouts = timeouts
        self._outcome = outcome
        self._size = 0
        self._refusal = ""
        self._dialled = False
        self._started = now
        self._started_at = time()

    def _set_headers(self, headers: Headers, sealed: Headers) -> None:
        if sealed == self._sealed and (headers is self._headers or headers == self._headers):
            return
        shared = _shared_rows(tuple(headers), tuple([name for name, _ in sealed]))
        own = [_sealed_row(name, value) for name, value in sealed]
        if sum(map(len, shared)) + sum(map(len, own)) > MOST_BYTES:
            check_size([*headers, *sealed])
        self._setopt(pycurl.HTTPHEADER, [*shared, *own])
        self._headers, self._sealed = headers, sealed

    def _set_certificate(self, certificate: ClientCertificate | None) -> None:
        if certificate is None:
            self.curl.unsetopt(pycurl.SSLCERT_BLOB)
            self.curl.unsetopt(pycurl.SSLKEY_BLOB)
        elif certificate != self._certificate:
            self._setopt(pycurl.SSLCERT_BLOB, certificate.chain)
            self._setopt(pycurl.SSLKEY_BLOB, certificate.key)
        self._certificate = certificate

    def _set_method_and_body(self, request: OutgoingRequest) -> None:
        if request.method != self._method:
            check_method(request.method)
            self._setopt(pycurl.CUSTOMREQUEST, request.method)
            self._method = request.method
        if request.body or request.method in WITH_BODY:
            self._setopt(pycurl.POSTFIELDS, request.body)
            self._has_body = True
        elif self._has_body is not False:
            self._setopt(pycurl.HTTPGET, 1)
            self._has_body = False

    def conclude(self, now: float, code: int, message: str) -> Outcome:
        """Enter what came of the transfer (curl's error number, 0 for none) and hand the outcome back."""
        outcome = self._outcome
        assert outcome is not None
        self._outcome = None
        status = self.curl.getinfo(pycurl.RESPONSE_CODE)
        headers = _final_headers(self._lines)
        cut = self._size > BODY_CAP
        whole = code == pycurl.E_OK or cut
        # A status that tells of failure counts even if the body broke off; success needs all of the answer.
        if headers is not None and (status >= 300 or (status >= 200 and whole)):
            body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
            outcome.answer(status, headers, body[:BODY_CAP] if cut else body, cut or not whole)
        else:
            outcome.fail(self._failure(code, message, 0 if headers is None else status))
        outcome.duration = now - outcome.began
        outcome.tries.append(Try(self._started_at, now - self._started, outcome.status, outcome.error))
        self._lines.clear()
        self._chunks.clear()
        return outcome

    def _failure(self, code: int, message: str, status: int) -> Failure:
        if self._refusal and not self._dialled:
            return failures.refused_address(self._refusal)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return self._timeout(status)
        if code == pycurl.E_OK:
            return failures.only_interim(status) if 0 < status < 200 else failures.BROKEN_IN_HEADERS
        return failure(code, message, self.curl.getinfo(pycurl.OS_ERRNO))

    def _timeout(self, status: int) -> Failure:
        connect, total = self._timeouts
        if not self.curl.getinfo(pycurl.REQUEST_SIZE):
            return failures.no_connection_within(min(connect, total))
        if status >= 200:
            return failures.no_whole_answer_within(total, status)
        return failures.no_answer_within(total)

    def _take(self, data: bytes) -> int:
        """A piece of the body. Returning less than its length ends the transfer."""
        self._size += len(data)
        self._chunks.append(data)
        return len(data) if self._size <= BODY_CAP else 0

    def _open_socket(self, purpose: int, address: tuple) -> socket.socket | int:
        """Called for each address about to be dialled, after DNS."""
        family, kind, protocol, numbers = address
        if family not in (socket.AF_INET, socket.AF_INET6):
            self._refusal = "not an IP address"
            return pycurl.SOCKET_BAD
        refusal = self._guard.refusal(numbers[0], numbers[1])
        if refusal:
            self._refusal = refusal
            return pycurl.SOCKET_BAD
        self._dialled = True
        return _Socket(family, kind, protocol)

    def _allow_connection(self, ip: str, own_ip: str, port: int, own_port: int) -> int:
        """Called before each request, on a kept connection too."""
        refusal = self._guard.refusal(ip, port)
        if refusal is None:
            return pycurl.PREREQFUNC_OK
        self._refusal, self._dialled = refusal, False
        return pycurl.PREREQFUNC_ABORT


class _Socket(socket.socket):
    """pycurl takes a duplicate of it and drops this one; closed here, it does not warn of having been left open."""

    def __del__(self) -> None:
        self.close()


@lru_cache(maxsize=512)
def _shared_rows(headers: tuple[tuple[str, str], ...], further_names: tuple[str, ...]) -> list[bytes]:
    """The headers that a destination's requests have in common, and the rows that make curl leave out headers of its
    own that neither these nor the `further_names` ask for."""
    names = {name.lower() for name, _ in headers} | {name.lower() for name in further_names}
    left_out = [f"{name}:".encode() for name in _CURLS_OWN_HEADERS if name.lower() not in names]
    return [_row(name, value) for name, value in headers] + left_out


def _row(name: str, value: str) -> bytes:
    """As curl wants it: bytes, and a semicolon for an empty value ("Name:" would remove the header)."""
    name, value = check_header(name, value)
    return f"{name}: {value}".encode() if value else f"{name};".encode()


def _sealed_row(name: str, value: str) -> bytes:
    """Made for each request, so the look at the value is quicker where it is plain."""
    if value and value.isascii() and value.isprintable() and value[0] != " " and value[-1] != " ":
        return _start_of_row(name) + value.encode()
    return _row(name, value)


@lru_cache(maxsize=512)
def _start_of_row(name: str) -> bytes:
    return f"{check_header(name, '')[0]}: ".encode()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean no limit


def _final_headers(lines: list[bytes]) -> list[tuple[str, str]] | None:
    """The headers of the last answer (interim ones come before it), or None if their end did not come."""
    first = 1
    if lines.count(b"\r\n") != 1:
        starts = [at for at, line in enumerate(lines, 1) if line.startswith(b"HTTP/")]
        first = starts[-1] if starts else len(lines)
    headers: list[tuple[str, str]] = []
    for line in lines[first:]:
        if line in (b"\r\n", b"\n"):
            return headers
        name, _, value = line.decode(errors="replace").partition(":")
        headers.append((name, value.strip()))
    return None
