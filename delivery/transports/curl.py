"""The default transport: libcurl's multi interface, many requests at once in one thread.

This is the hot path. Connections and easy handles are kept, and tries inside an attempt are timers of the same loop.
"""

import select
from collections.abc import Collection, Sequence
from time import monotonic

import certifi
import pycurl

from delivery.transports.agenda import Agenda
from delivery.transports.curl_handle import Handle
from delivery.transports.guard import AddressGuard
from delivery.transports.seam import Outcome, OutgoingRequest
from destinations.addresses import Network

# What curl wants to know of a socket (POLL_IN, POLL_OUT, POLL_INOUT as index), in words of poll().
_WATCHED = (0, select.POLLIN, select.POLLOUT, select.POLLIN | select.POLLOUT)


class CurlTransport:
    """`allowed_networks`: the operator's exceptions. `ca_bundle`: a PEM file instead of certifi's.

    The network moves while the caller is in `wait`, and timeouts count between two calls too: call it often.
    """

    def __init__(
        self,
        allowed_networks: Sequence[Network] = (),
        ca_bundle: str = "",
        max_connections: int = 50,
        allowed_endpoints: Collection[tuple[str, int]] = (),
    ) -> None:
        self._guard = AddressGuard(allowed_networks, allowed_endpoints)
        self._ca_file = ca_bundle or certifi.where()
        self._max_connections = max_connections
        self._poll = select.poll()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_MAXCONNECTS, 2 * max_connections)  # kept ones of other receivers included
        self._handles: list[Handle] = []
        self._idle: list[Handle] = []
        self._agenda = Agenda()

    @property
    def in_flight(self) -> int:
        return self._agenda.in_flight

    def submit(self, request: OutgoingRequest) -> None:
        self._agenda.submit(request)

    def wait(self, timeout: float) -> list[Outcome]:
        agenda = self._agenda
        deadline = monotonic() + timeout
        self._collect()  # what ended while the last call began new tries
        begun = self._begin_due()
        while agenda.in_flight:
            left = deadline - monotonic()
            at_once = begun or agenda.finished or left <= 0
            self._move(0.0 if at_once else agenda.pause(left, bool(self._idle)))
            self._collect()
            begun = self._begin_due()
            if agenda.finished or left <= 0:
                break
        if begun:  # keep the connections busy while the caller works on the outcomes
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
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
        """Begin as many tries as there is room for; whether there was one."""
        begun = False
        now = monotonic()
        while self._has_room() and (outcome := self._agenda.next_to_try(now)):
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

    def _has_room(self) -> bool:
        """Whether there is an idle handle; makes one if there may be more."""
        if not self._idle and len(self._handles) < self._max_connections:
            self._handles.append(Handle(self._guard, self._ca_file))
            self._idle.append(self._handles[-1])
        return bool(self._idle)

    def _move(self, pause: float) -> None:
        """Let curl work on what is due and ready, waiting up to `pause` seconds for something to be."""
        multi = self._multi
        due = multi.timeout()  # milliseconds until curl has to do something by itself, -1: never
        if due == 0:
            multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            return
        milliseconds = pause * 1000
        for number, events in self._poll.poll(milliseconds if due < 0 else min(milliseconds, due)):
            readable = pycurl.CSELECT_IN if events & ~select.POLLOUT else 0
            multi.socket_action(number, readable | (pycurl.CSELECT_OUT if events & select.POLLOUT else 0))

    def _watch(self, what: int, number: int, multi: object, data: object) -> None:
        """curl tells which sockets it waits for."""
        if what == pycurl.POLL_REMOVE:
            self._poll.unregister(number)
        else:
            self._poll.register(number, _WATCHED[what])

    def _collect(self) -> None:
        remaining = 1
        while remaining:
            remaining, succeeded, failed = self._multi.info_read()
            now = monotonic()
            for curl in succeeded:
                self._conclude(_handle_of(curl), now, pycurl.E_OK, "")
            for curl, code, message in failed:
                self._conclude(_handle_of(curl), now, code, message)

    def _conclude(self, handle: Handle, now: float, code: int, message: str) -> None:
        outcome = handle.conclude(now, code, message)
        self._multi.remove_handle(handle.curl)
        self._idle.append(handle)
        self._agenda.tried(outcome, now)


def _handle_of(curl: pycurl.Curl) -> Handle:
    handle: Handle = curl.handle  # type: ignore[attr-defined]  # set by Handle itself
    return handle
