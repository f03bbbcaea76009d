"""Answers in RudderStack's words: plain text, exactly 200 for success.

SDKs go by some of them: rudder-sdk-python sends a batch again unless the status is 200, and the Android SDK looks for
`invalid write key` and for the text about missing ids.
"""

from django.http import HttpResponse

TEXT = "text/plain; charset=utf-8"

NO_BODY = "request body is nil"
NOT_JSON = "invalid json"
EMPTY_BATCH = "empty batch payload"
NOT_AN_EVENT = "event is not a valid rudder event"
NO_IDS = "request neither has anonymousId nor userId"
NO_KEY_IN_HEADER = "failed to read writekey from header"
NO_KEY_IN_QUERY = "failed to read writekey from query params"
WRONG_KEY = "invalid write key"
TOO_LARGE = "request size exceeds max limit"
UNAVAILABLE = "service unavailable"
THROTTLED = "max requests limit reached"


class Refused(Exception):
    """The request cannot be taken: `status`, its text for the SDK, and `detail` for the people who read about it.
    `wait`: seconds after which it can."""

    def __init__(self, status: int, text: str, detail: str = "", *, wait: int = 0) -> None:
        super().__init__(text)
        self.status, self.text, self.detail, self.wait = status, text, detail, wait

    @property
    def reason(self) -> str:
        return f"{self.text}: {self.detail}" if self.detail else self.text


def ok() -> HttpResponse:
    return HttpResponse("ok", content_type=TEXT)


def refused(error: Refused) -> HttpResponse:
    """`invalid json` stays the whole text: what is wrong in the body is for its owner to read, not for an SDK."""
    response = HttpResponse(f"{error.text}\n", status=error.status, content_type=TEXT)
    if error.wait:
        # RudderStack's and Segment's SDKs for servers go by the first, Segment's for browsers by the second.
        response["Retry-After"] = response["X-RateLimit-Reset"] = str(error.wait)
    return response
