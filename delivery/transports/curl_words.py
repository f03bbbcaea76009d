"""What curl's error numbers mean to somebody who reads the delivery log."""

import errno

import pycurl

from delivery.transports.seam import Failure

_E_WEIRD_SERVER_REPLY, _E_TOO_LARGE = 8, 100  # pycurl has no names for these
_CONNECT = {
    errno.ECONNREFUSED: "The receiver refused the connection: nothing listens on that port.",
    errno.EHOSTUNREACH: "The receiver cannot be reached: no route to its address.",
    errno.ENETUNREACH: "The receiver cannot be reached: no network leads to its address.",
}
_FAILURES = {
    pycurl.E_UNSUPPORTED_PROTOCOL: Failure("protocol", "What came back is not HTTP/1.0 or newer."),
    pycurl.E_URL_MALFORMAT: Failure("bad_request", "The URL cannot be read. Check its spelling.", True),
    pycurl.E_COULDNT_RESOLVE_HOST: Failure("dns", "The host name was not found. Check the URL and the DNS."),
    _E_WEIRD_SERVER_REPLY: Failure("protocol", "What came back is not a proper HTTP answer."),
    pycurl.E_PARTIAL_FILE: Failure("reset", "The connection broke before the end of the answer."),
    pycurl.E_GOT_NOTHING: Failure("reset", "The receiver closed the connection without an answer."),
    pycurl.E_SEND_ERROR: Failure("reset", "The connection broke while the request was sent."),
    pycurl.E_RECV_ERROR: Failure("reset", "The connection broke before an answer came."),
    _E_TOO_LARGE: Failure("protocol", "The answer's headers are too large."),
}


def failure(code: int, message: str, os_errno: int) -> Failure:
    """Words for a failed transfer. Timeouts and refused addresses are not told by the number alone: not here."""
    if code == pycurl.E_COULDNT_CONNECT:
        return Failure("connect", _CONNECT.get(os_errno, "No connection to the receiver could be made."))
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        return Failure("tls", f"The receiver's certificate was not accepted: {_certificate(message)}.", True)
    if code == pycurl.E_SSL_CONNECT_ERROR:
        return Failure("tls", f"The secure connection failed: {message}.")
    if code == pycurl.E_RECV_ERROR and "alert" in message:  # TLS 1.3 asks for client certificates this late
        return Failure("tls", f"The receiver refused the secure connection: {message}.", True)
    return _FAILURES.get(code) or Failure("other", f"The transfer failed: {message}.")


def _certificate(message: str) -> str:
    return message.removeprefix("SSL certificate problem: ").removeprefix("SSL: ")
