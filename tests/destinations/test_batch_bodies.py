"""Several bodies as one, as a table."""

import json

import pytest

from destinations.batch_bodies import CannotJoin, joined, piece_of
from destinations.batch_rules import BatchForm


@pytest.mark.parametrize(
    ("form", "bodies", "whole"),
    [
        (BatchForm("list"), [b'{"a": 1}', b'"x"'], b'[{"a": 1},"x"]'),
        (BatchForm("list"), [b'{"a": 12345678901234567890}'], b'[{"a": 12345678901234567890}]'),
        (BatchForm("object", "batch"), [b'{"a": 1}', b"2"], b'{"batch":[{"a": 1},2]}'),
        (BatchForm("object", 'ba"tch'), [b"1"], b'{"ba\\"tch":[1]}'),
        (BatchForm("lines"), [b'{\r\n  "a": "\\n"\n}', b"2"], b'{    "a": "\\n" }\n2\n'),
        (BatchForm("joined"), [b"[1, 2]", b"[]", b"[3]"], b"[1,2,3]"),
        (BatchForm("joined", "events"), [b'{"key": "k", "events": [1]}', b'{"events": [2], "key": "k"}'],
         b'{"key":"k","events":[1,2]}'),
        (BatchForm("joined", "events"), [b'{"events": [1]}'], b'{"events":[1]}'),
    ],
)  # fmt: skip
def test_joined(form, bodies, whole):
    pieces = [piece_of(form, body) for body in bodies]
    assert joined(form, pieces) == whole
    assert form.format == "lines" or json.loads(whole)


@pytest.mark.parametrize(
    ("form", "body", "words"),
    [
        (BatchForm("list"), b"{", "not JSON"),
        (BatchForm("lines"), b"NaN", "not JSON"),
        (BatchForm("joined"), b'{"events": [1]}', "no list as a whole"),
        (BatchForm("joined", "events"), b"[1]", "no list under “events”"),
        (BatchForm("joined", "events"), b'{"events": 1}', "no list under “events”"),
        (BatchForm("joined", "events"), b"\xff", "not JSON"),
    ],
)
def test_what_cannot_stand_in_a_batch(form, body, words):
    with pytest.raises(CannotJoin, match=words):
        piece_of(form, body)


def test_what_else_is_in_a_body_tells_whether_it_may_be_joined():
    form = BatchForm("joined", "events")
    one, two = piece_of(form, b'{"key": "a", "events": [1]}'), piece_of(form, b'{"key": "b", "events": [1]}')
    assert one.rest != two.rest
