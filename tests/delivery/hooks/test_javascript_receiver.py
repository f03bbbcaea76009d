"""What the kind Amplitude webhooks sends, verified in Node.js over what it makes of the parsed body."""

import json
from base64 import b64encode
from random import Random

import pytest

from delivery.hooks.secrets import sign
from delivery.requests import RequestBuilder
from tests.delivery.hooks.conftest import SECRET
from tests.node import needs_node, started

BODIES = 10_000
AT_ONCE = 100
LETTERS = "abz019 -_.\"\\/\b\t\n\x00\x1f\x7f\u2028éß✓🚀\ufffd<>&'"
UUID = "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4"


class Invented:
    """Events out of the ordinary, the same in each run."""

    def __init__(self) -> None:
        self.random = Random(9)

    def event(self):
        properties = self.mapping(3)
        common = {"event_time": "2026-03-14 09:26:53.589", "uuid": UUID, "user_id": self.text() or "u"}
        return self.random.choice(
            [
                {"event_type": self.text() or "A", **common, "event_properties": properties, "session_id": -1},
                {"event_type": "$identify", **common, "user_properties": properties},
                {"type": "monitor.alert", "event_type": "Monitor alert", **common, "event_properties": properties},
                {
                    "type": "experiment.exposure", "event_type": "[Experiment] Exposure", **common,
                    "event_properties": {"[Experiment] Flag Key": self.text(), "[Experiment] Variant": self.text()},
                    "user_properties": properties,
                },
            ]
        )  # fmt: skip

    def mapping(self, depth):
        return {self.key(): self.value(depth - 1) for _ in range(self.random.randrange(6))}

    def key(self):
        return self.random.choice([self.text, lambda: str(self.random.randrange(120)), lambda: str(2**32 - 2)])()

    def text(self):
        return "".join(self.random.choices(LETTERS, k=self.random.randrange(8)))

    def value(self, depth):
        kinds = [self.text, self.integer, self.number, lambda: self.random.choice([True, False, None])]
        if depth:
            kinds += [lambda: self.mapping(depth), lambda: [self.value(depth - 1) for _ in range(3)]]
        return self.random.choice(kinds)()

    def integer(self):
        return self.random.randrange(-(2**70), 2**70) >> self.random.randrange(70)

    def number(self):
        return self.random.choice([1.0, -0.0, 1e21, 1e-7, 5e-324, self.random.uniform(-1e6, 1e6)]) * 10.0 ** (
            self.random.randrange(-30, 30)
        )


@pytest.fixture
def builder(make_destination):
    parameters = {"receiver_url": "https://app.example.com/hook"}
    signing = {"secrets": [{"value": SECRET}]}
    destination = make_destination(kind="amplitude-webhooks", url=None, parameters=parameters, signing=signing)
    return RequestBuilder(destination)


@needs_node
@pytest.mark.django_db
def test_it_agrees_on_ten_thousand_bodies(builder):
    invented = Invented()
    with started("receiver.js", SECRET) as node:
        for _ in range(BODIES // AT_ONCE):
            requests = [builder.build(invented.event()) for _ in range(AT_ONCE)]
            lines = [line_of(request.body, dict(request.begin_try())["X-Amplitude-Signature"]) for request in requests]
            assert node.ask(lines) == [b"true"] * AT_ONCE


@needs_node
def test_it_can_tell():
    """Bodies that JavaScript would write otherwise, and a wrong signature."""
    bodies = [b'{"a": 1}', b'{"a":1.0}', b'{"b":1,"1":2}', b'{"a":"\\u00e9"}', b'{"a":1e-05}', b"[9007199254740993]"]
    with started("receiver.js", SECRET) as node:
        assert node.ask(line_of(body, sign(SECRET, body)) for body in bodies) == [b"false"] * len(bodies)
        right = sign(SECRET, b'{"a":1}')
        asked = [line_of(b'{"a":1}', signature) for signature in (right, right.upper(), right[:-1] + "x", "")]
        assert node.ask(asked) == [b"true", b"false", b"false", b"false"]


def line_of(body, signature):
    return json.dumps({"body": b64encode(body).decode(), "signature": signature}).encode()
