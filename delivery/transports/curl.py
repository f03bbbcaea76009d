"""The default transport: libcurl's multi interface, many requests at once in one thread.

This is the hot path. Connections and easy handles are kept, and tries inside an attempt are timers of the
same loop.
"""

from collections.abc import Sequence
from time import monotonic, sleep

import certifi
import pycurl

from delivery.transports.agenda import Agenda
from delivery.transports.curl_handle import Handle
from delivery.transports.guard import AddressGuard
from delivery.transports.seam import Outcome, OutgoingRequest
from destinations.addresses import Network

MOST_CONNECTIONS = 500  # select() knows descriptors below 1024 only


class CurlTransport:
    """`allowed_networks`: the operator's exceptions. `ca_bundle`: a PEM file instead of certifi's.

    The network moves while the caller is in `wait`, and timeouts count between two calls too: call it often.
    """

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
        self._agenda = Agenda()

    @property
    def in_flight(self) -> int:
        return self._agenda.in_flight

    def submit(self, request: OutgoingRequest) -> None:
        self._agenda.submit(request)

    def wait(self, timeout: float) -> list[Outcome]:
        agenda = self._agenda
        deadline = monotonic() + timeout
        self._begin_due()
        while agenda.in_flight:
            self._multi.perform()
            self._collect()
            begun = self._begin_due()
            pause = deadline - monotonic()
            if agenda.finished or pause <= 0:
                if begun:  # keep the connections busy while the caller works on the outcomes
                    self._multi.perform()
                break
            if not begun:
                self._pause(agenda.pause(pause))
                self._begin_due()
        return agenda.hand_over()

    def close(self) -> None:
        idle = set(self._idle)
        for handle in self._handles:
            if handle not in idle:
                self._multi.remove_handle(handle.curl)
        self._multi.close()
        for handle in self._handles:
            handle.curl.close()
        self._agenda.clear()

    def _begin_due(self) -> bool:
        """Begin as many tries as there are idle handles; whether there was one."""
        begun = False
        now = monotonic()
        while self._idle and (outcome := self._agenda.next_to_try(now)):
            handle = self._idle[-1]
            try:
                handle.prepare(outcome, now)
            except ValueError as refusal:
                self._agenda.not_sendable(outcome, refusal)
            else:
                self._idle.pop()
                self._multi.add_handle(handle.curl)
                begun = True
        return begun

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
        outcome = handle.conclude(now, code, message)
        self._multi.remove_handle(handle.curl)
        self._idle.append(handle)
        self._agenda.tried(outcome, now)

    def _pause(self, pause: float) -> None:
        """Until a socket is ready, a timer of curl's is due, or `pause` seconds have passed."""
        if len(self._idle) == len(self._handles):
            sleep(pause)  # nothing is under way, only tries to come
            return
        curl_pause = self._multi.timeout()  # milliseconds, -1 for none
        self._multi.select(min(pause, curl_pause / 1000) if curl_pause >= 0 else pause)
