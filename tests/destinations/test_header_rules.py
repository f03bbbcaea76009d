"""Which headers may be sent, as tables."""

import pytest

from destinations.header_rules import METHODS, BadHeader, check_header, check_headers, check_size

ACCEPTED = [
    (("X-A", "1"), ("X-A", "1")),
    (("X-A", "a\tb"), ("X-A", "a\tb")),
    (("X-A", " \t both ends \t "), ("X-A", "both ends")),
    (("X-A", ""), ("X-A", "")),
    (("X-A", "  "), ("X-A", "")),
    (("X-A", "Zoë"), ("X-A", "Zoë")),
    (("X-A", "日本"), ("X-A", "日本")),
    (("X-A", "é" * 4096), ("X-A", "é" * 4096)),
    (("Authorization", "Bearer abc"), ("Authorization", "Bearer abc")),
    (("Cookie", "a=b; c=d"), ("Cookie", "a=b; c=d")),
    (("webhook-id", "1"), ("webhook-id", "1")),
    (("!#$%&'*+-.^_`|~09azAZ", "1"), ("!#$%&'*+-.^_`|~09azAZ", "1")),
]

REFUSED = [
    ("X-A", "1\r\nX-Evil: 2", "line break at character 2"),
    ("X-A", "1\nX-Evil: 2", "line break"),
    ("X-A", "1\rX-Evil: 2", "line break"),
    ("X-A", "1\r\n", "line break"),
    ("X-A", "a\x00b", "U+0000"),
    ("X-A", "a\x01b", "U+0001"),
    ("X-A", "a\x7fb", "U+007F"),
    ("X-A", "a\x85b", "U+0085"),
    ("X-A", "a\ud800b", "half a character"),
    ("X-A", "x" * 8193, "8,193 bytes"),
    ("X-A", "é" * 4097, "8,194 bytes"),
    ("", "1", "no name"),
    ("X A", "1", "not a header name"),
    ("X-A ", "1", "not a header name"),
    (" X-A", "1", "not a header name"),
    ("X:A", "1", "not a header name"),
    ("é", "1", "not a header name"),
    ("X-A\r\nX-Evil", "1", "not a header name"),
    ("X-A\n", "1", "not a header name"),
    ("X" * 257, "1", "not a header name"),
    ("Host", "a", "cannot be set"),
    ("HOST", "a", "cannot be set"),
    ("Content-Length", "1", "cannot be set"),
    ("Transfer-Encoding", "chunked", "cannot be set"),
    ("Connection", "close", "cannot be set"),
    ("Keep-Alive", "1", "cannot be set"),
    ("TE", "1", "cannot be set"),
    ("Trailer", "1", "cannot be set"),
    ("Upgrade", "h2c", "cannot be set"),
    ("Expect", "100-continue", "cannot be set"),
    ("Accept-Encoding", "gzip", "cannot be set"),
    ("Proxy-Authorization", "x", "cannot be set"),
    ("proxy-anything", "x", "cannot be set"),
]


@pytest.mark.parametrize(("given", "sent"), ACCEPTED)
def test_accepted(given, sent):
    assert check_header(*given) == sent


@pytest.mark.parametrize(("name", "value", "words"), REFUSED)
def test_refused_in_words(name, value, words):
    with pytest.raises(BadHeader) as refusal:
        check_header(name, value)
    message = str(refusal.value)
    assert words in message
    assert message.endswith(".")
    assert "\r" not in message
    assert "\n" not in message


def test_refusals_do_not_repeat_values():
    with pytest.raises(BadHeader) as refusal:
        check_header("Authorization", "Bearer secret\n")
    assert "secret" not in str(refusal.value)


def extra(count):
    return [(f"X-{number}", "1") for number in range(count)]


def test_five_extra_headers_are_enough():
    assert check_headers(extra(5)) == extra(5)
    with pytest.raises(BadHeader, match="6 extra headers; at most 5"):
        check_headers(extra(6))
    assert len(check_headers(extra(6), most=10)) == 6


@pytest.mark.parametrize(
    ("headers", "options", "words"),
    [
        ([("X-A", "1"), ("x-a", "2")], {}, "x-a occurs twice"),
        ([("content-type", "text/plain")], {}, "preset"),
        ([("USER-AGENT", "x")], {}, "preset"),
        ([("X-Kind", "x")], {"presets": ["X-Kind"]}, "preset"),
        ([("webhook-id", "1")], {"signed": True}, "signature"),
        ([("Webhook-Signature", "1")], {"signed": True}, "signature"),
        ([("svix-timestamp", "1")], {"signed": True}, "signature"),
        ([(f"X-{n}", "x" * 8000) for n in range(5)], {}, "together"),
        ([("Host", "x")], {}, "cannot be set"),
    ],
)
def test_lists_refused_in_words(headers, options, words):
    with pytest.raises(BadHeader, match=words):
        check_headers(headers, **options)


def test_lists_are_returned_trimmed():
    assert check_headers([("X-A", " 1 "), ("webhook-id", "2")]) == [("X-A", "1"), ("webhook-id", "2")]


def test_the_size_of_all_headers_of_a_request():
    check_size([("X-A", "x" * 32_761)])
    with pytest.raises(BadHeader, match="32,769 bytes together"):
        check_size([("X-A", "x" * 32_762)])


def test_methods():
    assert METHODS == ("GET", "POST", "PUT", "PATCH", "DELETE")
