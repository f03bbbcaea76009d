"""The plain transport: `requests` in a small pool of threads. Slower than curl and easier to look into."""

from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from time import monotonic, time

import certifi
import requests
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER

from delivery.transports import failures
from delivery.transports.agenda import Agenda
from delivery.transports.guard import AddressGuard
from delivery.transports.plain_connections import CheckedAdapter, current_try
from delivery.transports.plain_words import failure
from delivery.transports.seam import BODY_CAP, ClientCertificate, Outcome, OutgoingRequest, Try
from delivery.transports.sendable import WITH_BODY, check_method, check_normal_url
from destinations.addresses import Network
from destinations.header_rules import check_header, check_size

MOST_THREADS = 16
MOST_CERTIFICATES = 32  # client certificates whose connections are kept


class PlainTransport:
    """`allowed_networks`: the operator's exceptions. `ca_bundle`: a PEM file instead of certifi's.

    It uses an adapter and no session: sessions bring redirects, cookies, and proxies and passwords out of the
    environment.
    """

    def __init__(
        self,
        allowed_networks: Sequence[Network] = (),
        ca_bundle: str = "",
        max_connections: int = 50,
        allowed_endpoints: Collection[tuple[str, int]] = (),
    ) -> None:
        self._threads = min(max_connections, MOST_THREADS)
        self._ca_file = ca_bundle or certifi.where()
        self._guard = AddressGuard(allowed_networks, allowed_endpoints)
        self._adapters: dict[ClientCertificate | None, CheckedAdapter] = {}
        self._adapter(None)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="transport")
        self._ended: SimpleQueue[Future[Outcome]] = SimpleQueue()
        self._running = 0
        self._agenda = Agenda()

    @property
    def in_flight(self) -> int:
        return self._agenda.in_flight

    def submit(self, request: OutgoingRequest) -> None:
        self._agenda.submit(request)
        self._begin_due()

    def wait(self, timeout: float) -> list[Outcome]:
        agenda = self._agenda
        deadline = monotonic() + timeout
        while agenda.in_flight:
            self._begin_due()
            pause = deadline - monotonic()
            room = self._running < self._threads
            self._collect(0.0 if agenda.finished else agenda.pause(max(pause, 0.0), room))
            if agenda.finished or pause <= 0:
                break
        self._begin_due()
        return agenda.hand_over()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for adapter in self._adapters.values():
            adapter.close()
        self._agenda.clear()

    def _adapter(self, certificate: ClientCertificate | None) -> CheckedAdapter:
        """Connections are kept apart by what was shown when they were made. Raises ValueError in words."""
        adapter = self._adapters.get(certificate)
        if adapter is None:
            if len(self._adapters) > MOST_CERTIFICATES:
                self._adapters.pop(next(each for each in self._adapters if each)).close()
            adapter = self._adapters[certificate] = CheckedAdapter(self._guard, self._threads, certificate)
        return adapter

    def _begin_due(self) -> None:
        while self._running < self._threads and (outcome := self._agenda.next_to_try(monotonic())):
            try:
                adapter = self._adapter(outcome.request.certificate)
                prepared = _prepared(outcome.request)
            except ValueError as refusal:
                self._agenda.not_sendable(outcome, refusal)
            else:
                self._running += 1
                self._pool.submit(self._try, adapter, outcome, prepared).add_done_callback(self._ended.put)

    def _collect(self, pause: float) -> None:
        """Take in all tries that ended, waiting up to `pause` seconds for the first."""
        try:
            while True:
                outcome = self._ended.get(timeout=pause).result()
                pause = 0.0
                self._running -= 1
                self._agenda.tried(outcome, monotonic())
        except Empty:
            pass

    def _try(self, adapter: CheckedAdapter, outcome: Outcome, prepared: requests.PreparedRequest) -> Outcome:
        """One HTTP request, in a thread of the pool."""
        started, started_at = monotonic(), time()
        request = outcome.request
        current_try.begin(request.connect_timeout, request.total_timeout)
        timeouts = (request.connect_timeout, request.total_timeout)
        try:
            answer = adapter.send(prepared, stream=True, timeout=timeouts, verify=self._ca_file)
        except Exception as error:  # a receiver must not stop a lane, and what the libraries raise is many things
            outcome.fail(failure(error, request, current_try, None))
        else:
            _read(outcome, answer)
        now = monotonic()
        outcome.duration = now - outcome.began
        outcome.tries.append(Try(started_at, now - started, outcome.status, outcome.error))
        return outcome


def _prepared(request: OutgoingRequest) -> requests.PreparedRequest:
    """Filled in by hand: requests' own preparation rewrites URLs and headers. Raises ValueError in words."""
    check_normal_url(request.url)
    check_method(request.method)
    headers = HTTPHeaderDict({"Accept-Encoding": "identity"})
    given = [*request.headers, *request.begin_try()]
    for name, value in given:
        name, value = check_header(name, value)
        headers.add(name, value.encode())  # type: ignore[arg-type]  # http.client would make Latin-1 of text
    check_size(given)
    if "User-Agent" not in headers:
        headers["User-Agent"] = SKIP_HEADER
    prepared = requests.PreparedRequest()
    prepared.method, prepared.url = request.method, request.url
    prepared.headers = headers  # type: ignore[assignment]  # one name, several values: which requests' own cannot
    if request.body or request.method in WITH_BODY:
        prepared.body = request.body
        headers["Content-Length"] = str(len(request.body))
    return prepared


def _read(outcome: Outcome, answer: requests.Response) -> None:
    """Enter the answer, its body up to the cap. The connection is kept only if the body was read to its end."""
    status = answer.status_code
    if status < 200:
        answer.close()
        outcome.fail(failures.only_interim(status))
        return
    chunks, size, error = [], 0, None
    try:
        while size <= BODY_CAP and (chunk := answer.raw.read1(BODY_CAP, decode_content=False)):
            chunks.append(chunk)
            size += len(chunk)
    except Exception as broken:
        error = broken
    cut = size > BODY_CAP
    if cut or error:
        answer.close()
    if error and status < 300:  # success needs all of the answer
        outcome.fail(failure(error, outcome.request, current_try, status))
        return
    headers = [(name, _text(value)) for name, value in answer.raw.headers.items()]
    outcome.answer(status, headers, b"".join(chunks)[:BODY_CAP], cut or error is not None)


def _text(value: str) -> str:
    """Header values are UTF-8 as far as we are concerned; http.client reads Latin-1."""
    return value.encode("latin-1").decode(errors="replace")
