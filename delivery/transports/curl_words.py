"""What curl's error numbers mean."""

import pycurl

from delivery.transports import failures
from delivery.transports.seam import Failure

_WEIRD_SERVER_REPLY, _TOO_LARGE = 8, 100  # pycurl has no names for these
_FAILURES = {
    pycurl.E_UNSUPPORTED_PROTOCOL: failures.NOT_HTTP,
    pycurl.E_URL_MALFORMAT: failures.URL_UNREADABLE,
    pycurl.E_COULDNT_RESOLVE_HOST: failures.HOST_NOT_FOUND,
    _WEIRD_SERVER_REPLY: failures.NOT_HTTP,
    pycurl.E_SSL_CERTPROBLEM: failures.CERTIFICATE_UNREADABLE,
    pycurl.E_PARTIAL_FILE: failures.BROKEN_IN_BODY,
    pycurl.E_GOT_NOTHING: failures.CLOSED_WITHOUT_ANSWER,
    pycurl.E_SEND_ERROR: failures.BROKEN_WHILE_SENDING,
    pycurl.E_RECV_ERROR: failures.BROKEN_BEFORE_ANSWER,
    _TOO_LARGE: failures.HEADERS_TOO_LARGE,
}


def failure(code: int, message: str, os_errno: int) -> Failure:
    """Why a transfer failed. Timeouts and refused addresses are not told by the number alone, so not here."""
    if code == pycurl.E_COULDNT_CONNECT:
        return failures.not_connected(os_errno)
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        return failures.certificate_not_accepted(_reason(message))
    if code == pycurl.E_SSL_CONNECT_ERROR:
        return failures.handshake_failed(_reason(message))
    if code == pycurl.E_RECV_ERROR and "alert" in message:
        return failures.refused_by_tls_alert(_reason(message))
    return _FAILURES.get(code) or failures.other(_reason(message))


def _reason(message: str) -> str:
    return message.removeprefix("SSL certificate problem: ").removeprefix("SSL: ").rstrip(".")
