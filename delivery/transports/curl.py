"""The default transport: libcurl's multi interface, many requests at once in one thread.

This is the hot path. Connections and easy handles are kept, see `curl_handle`. Tries inside an attempt are
timers of the same loop.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from time import monotonic, sleep, time

import certifi
import pycurl

from delivery.transports.curl_handle import Handle
from delivery.transports.guard import AddressGuard
from delivery.transports.seam import Failure, Outcome, OutgoingRequest, Try
from destinations.addresses import Network

MOST_CONNECTIONS = 500  # select() knows descriptors below 1024 only


class CurlTransport:
    """`allowed_networks`: the operator's exceptions. `ca_bundle`: a PEM file instead of certifi's."""

    def __init__(
        self, allowed_networks: Sequence[Network] = (), ca_bundle: str = "", max_connections: int = 50
    ) -> None:
        if not 1 <= max_connections <= MOST_CONNECTIONS:
            raise ValueError(f"max_connections is {max_connections}; it must be 1 to {MOST_CONNECTIONS}.")
        guard = AddressGuard(allowed_networks)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, 4 * max_connections)  # kept ones of other receivers included
        self._handles = [Handle(guard, ca_bundle or certifi.where()) for _ in range(max_connections)]
        self._idle = list(self._handles)
        self._queue: deque[Outcome] = deque()
        self._timers: list[tuple[float, int, Outcome]] = []  # tries to come: when, tie-break, what was so far
        self._timers_set = 0
        self._finished: list[Outcome] = []
        self.in_flight = 0

    def submit(self, request: OutgoingRequest) -> None:
        self.in_flight += 1
        self._queue.append(Outcome(request, []))

    def wait(self, timeout: float) -> list[Outcome]:
        deadline = monotonic() + timeout
        while self.in_flight:
            self._begin_due()
            self._multi.perform()
            self._collect()
            if self._finished:
                break
            pause = deadline - monotonic()
            if pause <= 0:
                break
            self._pause(pause)
        if self._queue and self._idle:  # keep the connections busy while the caller works on the outcomes
            self._begin_due()
            self._multi.perform()
        finished, self._finished = self._finished, []
        self.in_flight -= len(finished)
        return finished

    def close(self) -> None:
        idle = set(self._idle)
        for handle in self._handles:
            if handle not in idle:
                self._multi.remove_handle(handle.curl)
        self._multi.close()
        for handle in self._handles:
            handle.curl.close()
        self._queue.clear()
        self._timers.clear()
        self.in_flight = 0

    def _begin_due(self) -> None:
        if self._timers:
            now = monotonic()
            while self._timers and self._timers[0][0] <= now:
                self._queue.appendleft(heapq.heappop(self._timers)[2])
        while self._queue and self._idle:
            self._begin(self._queue.popleft())

    def _begin(self, outcome: Outcome) -> None:
        now = monotonic()
        if not outcome.tries:
            outcome.began = now
        elif now - outcome.began > outcome.request.tries.no_try_after:  # a slot came free too late
            self._finished.append(outcome)
            return
        handle = self._idle.pop()
        try:
            handle.prepare(outcome, now)
        except ValueError as refusal:
            self._idle.append(handle)
            outcome.fail(Failure("bad_request", f"Not sent: {refusal}", permanent=True))
            outcome.tries.append(Try(time(), 0.0, None, outcome.error))
            self._finished.append(outcome)
        else:
            self._multi.add_handle(handle.curl)

    def _collect(self) -> None:
        remaining = 1
        while remaining:
            remaining, succeeded, failed = self._multi.info_read()
            now = monotonic()
            for curl in succeeded:
                self._conclude(curl.handle, now, pycurl.E_OK, "")
            for curl, code, message in failed:
                self._conclude(curl.handle, now, code, message)

    def _conclude(self, handle: Handle, now: float, code: int, message: str) -> None:
        """The end of a try, and of the attempt unless another try follows."""
        outcome = handle.conclude(now, code, message)
        self._multi.remove_handle(handle.curl)
        self._idle.append(handle)
        wait = outcome.request.tries.next_wait(len(outcome.tries), outcome.status, outcome.duration)
        if wait is None:
            self._finished.append(outcome)
        else:
            self._timers_set += 1
            heapq.heappush(self._timers, (now + wait, self._timers_set, outcome))

    def _pause(self, pause: float) -> None:
        """Until a socket is ready, a timer of ours or curl's is due, or `pause` seconds have passed."""
        if self._timers:
            pause = min(pause, self._timers[0][0] - monotonic())
        if len(self._idle) == len(self._handles):
            sleep(max(pause, 0))
            return
        curl_pause = self._multi.timeout()  # milliseconds, -1 for none
        if curl_pause >= 0:
            pause = min(pause, curl_pause / 1000)
        self._multi.select(max(pause, 0))
