"""Section by section of the rules: address, query, headers and body that mappings make of a message."""

import pytest

from destinations.header_rules import BadHeader
from destinations.http_mapping.requests import BadMapping, MappedRequests, mapping_problems

MESSAGE = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u 1/2",
    "fullPath": "https://elsewhere.example/",
    "properties": {"id": 7, "note": "a\r\nX-Evil: 1", "none": None, "tags": ["x", "y"], "up": "..", "ok": True},
}


def rows(*pairs):
    return [{"from": source, "to": target} for source, target in pairs]


def path(*parts):
    return {"path": [{"path": part} for part in parts]}


@pytest.mark.parametrize(
    ("base", "values", "url"),
    [
        ("https://x.example/v1", {}, "https://x.example/v1"),
        ("https://x.example/v1/", path("users", "$.userId"), "https://x.example/v1/users/u%201%2F2"),
        ("https://x.example//v1//", path("a"), "https://x.example/v1/a"),
        ("https://x.example/v1//", {}, "https://x.example/v1//"),
        ("https://x.example/v1?k=v", path("$.properties.id"), "https://x.example/v1/7?k=v"),
        ("https://x.example", path("$.properties.tags[*]"), "https://x.example/x"),
        ("https://x.example/", {"query": rows(("$.properties.id", "my id"), ("c", "k"))},
         "https://x.example/?k=c&my+id=7"),
        ("https://x.example/?z=1", {"query": rows(("$.properties.ok", "a"))}, "https://x.example/?a=true&z=1"),
        ("https://x.example/", {"query": rows(("$.properties.none", "a"), ("$.no", "b"))}, "https://x.example/?a="),
        ("https://x.example/", {"query": rows(("$.properties.tags", "t"))},
         "https://x.example/?t=%5B%22x%22%2C%22y%22%5D"),
    ],
)  # fmt: skip
def test_the_address(base, values, url):
    assert MappedRequests(values).url(base, MESSAGE) == url


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["$.absent"], "Path not found in the object."),
        (["$.properties.none"], "Path not found in the object."),
        (["$.properties.up"], "would lead elsewhere"),
    ],
)
def test_a_path_that_no_request_is_made_to(parts, words):
    with pytest.raises(BadMapping, match=words):
        MappedRequests(path(*parts)).url("https://x.example/v1", MESSAGE)


KIND = [("Content-Type", "application/json"), ("Authorization", "Basic abc")]


@pytest.mark.parametrize(
    ("values", "headers"),
    [
        ({}, [("Content-Type", "application/json"), ("Authorization", "Basic abc")]),
        ({"headers": rows(("$.event", "X-Event"), ("$.no", "X-No"))},
         [("Content-Type", "application/json"), ("Authorization", "Basic abc"), ("X-Event", "Order Completed")]),
        ({"headers": rows(("Bearer x", "authorization"))},
         [("Content-Type", "application/json"), ("authorization", "Bearer x")]),
        ({"headers": rows(("text/plain", "content-type")), "format": "XML"},
         [("Content-Type", "application/xml"), ("Authorization", "Basic abc")]),
        ({"format": "FORM", "auth": "api_key", "secret": "k", "api_key_name": "X-Key"},
         [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", "Basic abc"), ("X-Key", "k")]),
        ({"auth": "api_key", "secret": "k"},
         [("Content-Type", "application/json"), ("Authorization", "Basic abc"), ("x-api-key", "k")]),
    ],
)  # fmt: skip
def test_headers_by_their_strength(values, headers):
    assert MappedRequests(values).headers(KIND, MESSAGE) == headers


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("$.properties.id", "number"),
        ("$.properties.ok", "boolean"),
        ("$.properties.tags", "object"),
        ("$.properties", "object"),
        ("$.properties.none", "object"),
    ],
)
def test_a_header_that_is_no_text_refuses_the_event(source, kind):
    with pytest.raises(BadMapping) as told:
        MappedRequests({"headers": rows((source, "X"))}).headers(KIND, MESSAGE)
    assert str(told.value) == f'Header "X" has a non-string value of type "{kind}"'


def test_a_line_break_in_an_event_makes_no_header():
    with pytest.raises(BadHeader):
        MappedRequests({"headers": rows(("$.properties.note", "X"))}).headers(KIND, MESSAGE)


@pytest.mark.parametrize(
    ("values", "body"),
    [
        ({"body": "event"}, ('{"type":"track","event":"Order Completed","userId":"u 1/2",'
         '"fullPath":"https://elsewhere.example/",'
         '"properties":{"id":7,"note":"a\\r\\nX-Evil: 1","tags":["x","y"],"up":"..","ok":true}}')),
        ({"body": "mapped"}, ""),
        ({"body": "mapped", "properties": rows(("$.no", "$.a"), ("$.properties.none", "$.b"))}, ""),
        ({"body": "mapped", "properties": rows(("$.properties.id", "$.o.id"), ("5", "$.v"))}, '{"o":{"id":7},"v":"5"}'),
        ({"body": "mapped", "format": "FORM", "properties": rows(("$.properties.tags", "$.t"))},
         "t=%5B%22x%22%2C%22y%22%5D"),
    ],
)  # fmt: skip
def test_the_body(values, body):
    assert MappedRequests(values).body(MESSAGE) == body


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"properties": rows(("$.a", "b"))}, "properties", "Row 1: Error in custom mappings: “b” is no JSONPath"),
        ({"properties": rows(("$.a", "$.b"), ("$.a[", "$.b"))}, "properties", "Row 2: Error in custom mappings: "),
        ({"properties": rows(("$.a", ""))}, "properties", "Row 1: “to” is empty"),
        ({"query": rows(("$.a[", "b"))}, "query", "Row 1: Error in custom mappings: "),
        ({"headers": rows(("$.a", "Host"))}, "headers", "The header Host cannot be set"),
        ({"headers": rows(("$.a", "X Y"))}, "headers", "is not a header name"),
        (path("a/b"), "path", 'Path value cannot contain "/"'),
        (path("$.a["), "path", "Error in custom mappings: "),
        ({"api_key_name": "Content-Length"}, "api_key_name", "cannot be set"),
    ],
)
def test_what_is_refused_at_save(values, name, words):
    ((at, told),) = mapping_problems(values)
    assert at == name
    assert words in told
