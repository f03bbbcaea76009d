"""What came of an attempt, in words, and what to do next (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Advice:
    """`happened` is a full sentence; `next_step` says what to do about it, `once_over` where no retry follows any more
    (empty: the same)."""

    happened: str
    next_step: str
    once_over: str = ""


# Kinds of delivery.transports.seam.ERROR_KINDS, and those of attempts that failed before sending.
BY_KIND: Mapping[str, Advice] = MappingProxyType({
    "template": Advice(
        "The payload template failed on this event.",
        "Fix the template, then retry. Events like this one fail until then.",
    ),
    "secret": Advice(
        "A stored secret could not be read.",
        "Type the secret header's value again on the destination's page, or give the installation its old key back.",
    ),
    "skipped": Advice(
        "This kind of destination does not take such an event, so it was not sent.",
        "Map the field that is named, or filter such events out. Nothing is wrong with the others.",
    ),
    "gone": Advice(
        "The event has been removed by retention, so there is nothing left to send.",
        "Keep events longer in the project settings if deliveries have to wait this long.",
    ),
    "bad_request": Advice(
        "The request cannot be sent as it is.",
        "Look at the URL and the headers on the destination's page, save, then retry.",
    ),
    "refused_address": Advice(
        "The host leads to an address that StreamHub must not send to.",
        "Use a public address, or have an operator allow this network in STREAMHUB_ALLOWED_NETWORKS.",
    ),
    "dns": Advice(
        "The host name was not found.",
        "Check the URL for typing errors. If it is right, the receiver's DNS is down: retries go on by themselves.",
        "Check the URL for typing errors. If it is right, the receiver's DNS was down: send it again once it is back.",
    ),
    "connect": Advice(
        "The destination took no connection.",
        "See whether the receiver is running and its firewall lets this machine in. Retries go on by themselves.",
        "See whether the receiver is running and its firewall lets this machine in, then send it again.",
    ),
    "tls": Advice(
        "No secure connection could be made.",
        "Have the receiver renew or complete its certificate: it must be valid for this host name.",
    ),
    "timeout": Advice(
        "The destination did not answer in time.",
        "Let the receiver answer first and do its work afterwards, or raise the timeouts on the destination's page.",
    ),
    "reset": Advice(
        "The connection broke before the answer was complete.",
        "Look into the receiver's log around this time: it, or a proxy before it, closed the connection.",
    ),
    "protocol": Advice(
        "What came back is not an HTTP answer.",
        "Check the port and whether the URL should begin with https://.",
    ),
    "token": Advice(
        "No access token could be had, so nothing was sent to the destination.",
        "Read the error below, then check token URL, client id and secret under Security. Retries go on by themselves.",
        "Read the error below, check token URL, client id and secret under Security, then send it again.",
    ),
    "closed": Advice(
        "StreamHub was stopped while the request was under way.",
        "Nothing to do: the delivery goes on with its next attempt.",
        "Send it again if it is still wanted.",
    ),
    "other": Advice(
        "The request failed in an unusual way.",
        "Read the error below. Retries go on by themselves; if it stays, look at the worker's log.",
        "Read the error below and look at the worker's log, then send it again.",
    ),
})  # fmt: skip

BY_STATUS: Mapping[int, Advice] = MappingProxyType({
    400: Advice(
        "The destination understood the request but not its content.",
        "Compare the request body below with what the receiver expects; its answer often names the field.",
    ),
    401: Advice(
        "The destination does not know who is asking.",
        "Check the Authorization header: the key may be missing, mistyped or expired.",
    ),
    403: Advice(
        "The destination knows the key but refuses this request.",
        "Give the key the right to write at the receiver, or use another key.",
    ),
    404: Advice(
        "There is nothing at this URL.",
        "Check the URL's path and the method on the destination's page.",
    ),
    405: Advice(
        "The URL exists but takes another method.",
        "Choose the method that the receiver documents, usually POST.",
    ),
    410: Advice(
        "The receiver says that this URL is gone for good.",
        "Enter the new URL, or switch the destination off.",
    ),
    413: Advice(
        "The body is too big for the destination.",
        "Send less with a payload template, or have the receiver raise its limit.",
    ),
    415: Advice(
        "The destination does not take this content type.",
        "StreamHub sends application/json. Check that this URL is the receiver's JSON endpoint.",
    ),
    422: Advice(
        "The destination got the request and refused its content.",
        "Read the answer below: it usually names the field. Fix the payload template, then retry.",
    ),
    429: Advice(
        "The destination is getting too many requests.",
        "Retries go on by themselves. If it lasts, send fewer event types or have the receiver raise its limit.",
        "Send fewer event types or have the receiver raise its limit, then send it again, at a rate it can take.",
    ),
})  # fmt: skip

REDIRECT = Advice(
    "The destination answers with a redirect, and redirects are not followed.",
    "Enter the URL that the Location header names.",
)
REFUSED = Advice(
    "The destination refused the request.",
    "Read its answer below, fix what it names, then retry.",
)
BROKEN = Advice(
    "The destination has a fault of its own.",
    "Nothing to fix here: retries go on by themselves. If it lasts, tell whoever runs the receiver.",
    "Nothing to fix here. Tell whoever runs the receiver, and send it again once it is mended.",
)
ODD = Advice("The destination gave an unusual answer.", "Check that the URL leads to the receiver you mean.")


def advice(status: int | None, error_kind: str, *, goes_on: bool = True) -> Advice | None:
    """What to do about an attempt's outcome; None for one that arrived. `goes_on`: whether a retry is planned."""
    found = _about(status, error_kind)
    return found if goes_on or found is None or not found.once_over else replace(found, next_step=found.once_over)


def _about(status: int | None, error_kind: str) -> Advice | None:
    if status is None:
        return BY_KIND.get(error_kind, BY_KIND["other"])
    if 200 <= status < 300:
        return None
    if status in BY_STATUS:
        return BY_STATUS[status]
    return {3: REDIRECT, 4: REFUSED, 5: BROKEN}.get(status // 100, ODD)
