import json

import pytest

from events.dialects.jsonbody import LONG_STRING, MAX_LEVELS, BadJSON, clean, read_json

FF = "\ufffd"


def nested(levels, opening="[", closing="]"):
    return (opening * levels + closing * levels).encode()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[]", []),
        (b"null", None),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"ü😀"'.encode(), "ü😀"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"9223372036854775808", 2**63),
        (b"18446744073709551616", 2**64),
        (b"[-1000000000000000000000000000000]", [-(10**30)]),
        (b"1" + b"0" * 99, 10**99),
        (b"0.1000000000000000055511151231257827", 0.1),
        (nested(MAX_LEVELS), json.loads(nested(MAX_LEVELS))),
        (b'"' + b"[" * 500 + b'"', "[" * 500),
    ],
)
def test_what_is_read(raw, value):
    assert read_json(raw).value == value


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "line 1, column 1"),
        (b"{}{}", "line 1, column 3"),
        (b"{}\0", "line 1, column 3"),
        (b"{} x", "line 1, column 4"),
        (b'{"a":\n nul}', "line 2, column 2"),
        (b'{"a": "\n"}', "line 1, column 8"),
        (b'{"a": "\0"}', "line 1, column 8"),
        (b'{"a": "caf\xe9"}', "byte 0xe9 at position 10"),
        (b'"\xed\xa0\x80"', "byte 0xed at position 1"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8: byte 0xff at position 0"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", "line 1, column 1"),
        (b"[NaN]", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not a JSON number"),
        (b"[-Infinity]", "-Infinity is not a JSON number"),
        (b"[1e400]", "the number 1e400 is too large"),
        (b"[-1e5000]", "the number -1e5000 is too large"),
        (b"1" * 4301, "has more than 100 characters"),
        (b"1" * 101, "has more than 100 characters"),
        (b"0." + b"1" * 100, "has more than 100 characters"),
        (b"1" + b"0" * 400 + b".0", "has more than 100 characters"),
        (nested(MAX_LEVELS + 1), "100 levels"),
        (nested(MAX_LEVELS + 1, '{"a":', "}").replace(b":}", b":1}"), "100 levels"),
        (nested(1000), "100 levels"),
        (nested(2000), "100 levels"),
        (b"[" * 100_000, "levels|column"),
    ],
)
def test_what_is_refused(raw, words):
    with pytest.raises(BadJSON, match=words):
        read_json(raw)


@pytest.mark.parametrize(
    ("raw", "cleaned", "count"),
    [
        (b'{"a": "x\\u0000y"}', {"a": f"x{FF}y"}, 1),
        (b'{"a\\u0000": ["\\u0000", {"b": "\\u0000\\u0000"}]}', {f"a{FF}": [FF, {"b": FF * 2}]}, 4),
        (b'["\\ud800", "\\udfff!", "\\ud83d\\ude00"]', [FF, f"{FF}!", "😀"], 2),
        (b'["\\\\u0000", 1, null, true]', ["\\u0000", 1, None, True], 0),
    ],
)
def test_what_no_database_takes_is_replaced(raw, cleaned, count):
    document = read_json(raw)
    assert document.unclean
    assert clean(document.value) == (cleaned, count)


def test_ordinary_bodies_need_no_cleaning():
    assert not read_json('{"a": "ü \\" \\n \\ud83d\\ude00", "n": 1700000000000}'.encode()).unclean


@pytest.mark.parametrize("piece", ["x", "ü", '"', "\\", '\\\\"', '"x', "\n", "😀"])
@pytest.mark.parametrize("ascii", [True, False])
def test_long_strings_are_found(piece, ascii):
    for before in range(0, 3000, 71):
        long = (piece * (LONG_STRING + 1))[: LONG_STRING + 1]
        raw = json.dumps(["a" * (before % 1000)] * (before // 1000 + 1) + [long, "b"], ensure_ascii=ascii).encode()
        assert read_json(raw).long_strings


def test_short_strings_are_no_long_strings():
    assert not read_json(json.dumps({"a": ["x" * 1000] * 50, "b": "y" * LONG_STRING}).encode()).long_strings
