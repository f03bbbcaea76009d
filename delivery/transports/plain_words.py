"""What the exceptions of requests, urllib3, ssl and the sockets mean."""

import http.client
import socket
import ssl
from collections.abc import Iterator

from urllib3.exceptions import LocationValueError, NameResolutionError

from delivery.transports import failures
from delivery.transports.plain_connections import CurrentTry, RefusedAddress
from delivery.transports.seam import Failure, OutgoingRequest


def failure(error: BaseException, request: OutgoingRequest, state: CurrentTry, status: int | None) -> Failure:
    """Why a try failed. `status` is that of the answer whose headers came, if they did."""
    causes = list(_causes(error))
    if any(isinstance(cause, RefusedAddress) for cause in causes):
        return failures.refused_address(state.refusal)
    for cause in causes:
        found = _tls(cause, state.connected) or _network(cause, request, state.connected, status)
        if found:
            return found
    return failures.other(str(causes[-1]) or type(causes[-1]).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and all it was made from, the outermost first. The libraries wrap in three different ways."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__)
        waiting.extend(each for each in inner if isinstance(each, BaseException))


def _tls(cause: BaseException, connected: bool) -> Failure | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return failures.certificate_not_accepted(cause.verify_message.rstrip("."))
    if isinstance(cause, ssl.SSLEOFError):
        return failures.BROKEN_BEFORE_ANSWER if connected else failures.handshake_failed("connection closed")
    if isinstance(cause, ssl.SSLError):
        reason = (cause.reason or str(cause)).replace("_", " ").lower()
        if connected and "alert" in reason:
            return failures.refused_by_tls_alert(reason)
        return failures.handshake_failed(reason)
    return None


def _network(cause: BaseException, request: OutgoingRequest, connected: bool, status: int | None) -> Failure | None:
    if isinstance(cause, (NameResolutionError, socket.gaierror)):
        return failures.HOST_NOT_FOUND
    if isinstance(cause, LocationValueError):
        return failures.URL_UNREADABLE
    if isinstance(cause, TimeoutError):
        return _timeout(request, connected, status)
    if isinstance(cause, http.client.RemoteDisconnected):
        return failures.CLOSED_WITHOUT_ANSWER
    if isinstance(cause, http.client.LineTooLong) or "got more than" in str(cause):
        return failures.HEADERS_TOO_LARGE
    if isinstance(cause, http.client.IncompleteRead):
        return failures.BROKEN_IN_HEADERS if status is None else failures.BROKEN_IN_BODY
    if isinstance(cause, http.client.HTTPException):
        return failures.NOT_HTTP
    if isinstance(cause, ConnectionError) and connected:
        return failures.BROKEN_BEFORE_ANSWER if status is None else failures.BROKEN_IN_BODY
    if isinstance(cause, OSError) and type(cause) in (OSError, ConnectionRefusedError) and not connected:
        return failures.not_connected(cause.errno)
    return None


def _timeout(request: OutgoingRequest, connected: bool, status: int | None) -> Failure:
    if not connected:
        return failures.no_connection_within(min(request.connect_timeout, request.total_timeout))
    if status is None:
        return failures.no_answer_within(request.total_timeout)
    return failures.no_whole_answer_within(request.total_timeout, status)
