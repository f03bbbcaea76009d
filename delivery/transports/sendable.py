"""The last look at a request before it goes on the wire, whoever checked it before.

Both libraries put text on the wire as it is, so what gets here by mistake must end here. Each function raises
ValueError in words.
"""

import re

from destinations.header_rules import METHODS

WITH_BODY = ("POST", "PUT", "PATCH")  # sent with "Content-Length: 0" if the body is empty

_NORMAL_URL = re.compile(r"https?://[!-\[\]-~]+")


def check_normal_url(url: str) -> None:
    if not _NORMAL_URL.fullmatch(url):
        raise ValueError("the URL is not in its normal form.")


def check_method(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"the method must be one of {', '.join(METHODS)}.")
