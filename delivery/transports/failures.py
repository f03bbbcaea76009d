"""Why a request got no answer, in the words of the delivery log. The same for every transport."""

import errno

from delivery.transports.seam import Failure

HOST_NOT_FOUND = Failure("dns", "The host name was not found. Check the URL, and the receiver's DNS.")
NOT_CONNECTED = Failure("connect", "No connection to the receiver could be made.")
CLOSED_WITHOUT_ANSWER = Failure("reset", "The receiver closed the connection without an answer.")
BROKEN_WHILE_SENDING = Failure("reset", "The connection broke while the request was sent.")
BROKEN_BEFORE_ANSWER = Failure("reset", "The connection broke before an answer came.")
BROKEN_IN_HEADERS = Failure("reset", "The connection broke inside the answer's headers.")
BROKEN_IN_BODY = Failure("reset", "The connection broke before the end of the answer.")
NOT_HTTP = Failure("protocol", "What came back is not an HTTP/1 answer.")
HEADERS_TOO_LARGE = Failure("protocol", "The answer's headers are too many or too large.")
URL_UNREADABLE = Failure("bad_request", "Not sent: the URL cannot be read. Check its spelling.", permanent=True)
CERTIFICATE_UNREADABLE = Failure(
    "bad_request", "Not sent: the client certificate or its key cannot be used. Give them again.", permanent=True
)

_BY_ERRNO: dict[int | None, Failure] = {
    errno.ECONNREFUSED: Failure("connect", "The receiver refused the connection: nothing listens on that port."),
    errno.EHOSTUNREACH: Failure("connect", "The receiver cannot be reached: no route leads to its address."),
    errno.ENETUNREACH: Failure("connect", "The receiver cannot be reached: no network leads to its address."),
}


def not_connected(os_errno: int | None) -> Failure:
    return _BY_ERRNO.get(os_errno, NOT_CONNECTED)


def refused_address(reason: str) -> Failure:
    """`reason` as `address_refusal` words it. It names the rule and not the address, which others may not know."""
    return Failure(
        "refused_address",
        f"Not sent: the host is at {reason}. Only public addresses are dialled; an operator can allow others in "
        "STREAMHUB_ALLOWED_NETWORKS.",
        permanent=True,
    )


def no_connection_within(seconds: float) -> Failure:
    return Failure("timeout", f"No connection within {seconds:g} s.")


def no_answer_within(seconds: float) -> Failure:
    return Failure("timeout", f"No answer within {seconds:g} s.")


def no_whole_answer_within(seconds: float, status: int) -> Failure:
    return Failure("timeout", f"The answer (status {status}) was not complete within {seconds:g} s.")


def only_interim(status: int) -> Failure:
    return Failure("protocol", f"Only the interim answer {status} came, no final one.")


def certificate_not_accepted(reason: str) -> Failure:
    return Failure("tls", f"The receiver's certificate was not accepted: {reason}.", permanent=True)


def handshake_failed(reason: str) -> Failure:
    return Failure("tls", f"The secure connection failed: {reason}.")


def refused_by_tls_alert(reason: str) -> Failure:
    """Under TLS 1.3 a receiver that wants a client certificate says so only after the request."""
    return Failure("tls", f"The receiver refused the secure connection: {reason}.", permanent=True)


def other(message: str) -> Failure:
    return Failure("other", f"The transfer failed: {message}.")
