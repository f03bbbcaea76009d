"""A past attempt, copied from its page."""

import html
import re
import subprocess

import pytest

from tests.delivery.test_pages import attempt, delivery, page
from tests.receiver import receiver

__all__ = ["delivery", "page"]
pytestmark = pytest.mark.django_db
HEADERS = [["Content-Type", "application/json"], ["Authorization", "••••••••4f2a"]]


def command_on(text):
    return html.unescape(re.search(r'<pre[^>]*id="attempt-curl">(.*?)</pre>', text, re.DOTALL)[1])


def test_sends_what_was_sent_but_for_the_masked_secret(page, delivery):
    body = '{"quote": "it\'s", "file": "@/etc/hostname"}'
    with receiver() as received:
        attempt(delivery, request_url=received.url, request_headers=HEADERS, request_body=body, status=500)
        text = page("delivery", delivery.pk)
        assert "Copy as cURL" in text
        subprocess.run(["bash", "-c", command_on(text)], check=True, capture_output=True, timeout=20)
    (request,) = received.requests
    assert request.body.decode() == body
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"].encode("latin-1").decode() == "••••••••4f2a"


def test_of_any_attempt(page, delivery):
    first = attempt(delivery, request_body="first", status=500)
    attempt(delivery, number=2, request_body="second", status=200)
    assert "second" in command_on(page("delivery", delivery.pk))
    assert "first" in command_on(page("delivery", delivery.pk, query=f"?attempt={first.pk}&try=1"))


def test_there_is_nothing_to_copy_where_no_request_was_made(page, delivery):
    attempt(delivery, request_method="", request_url="", error="Line 1: no", error_kind="template")
    assert "cURL" not in page("delivery", delivery.pk)
