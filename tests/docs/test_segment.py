"""The table of docs/segment.md, row by row, and what its text says in numbers."""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from destinations.consent_rules import check_consent
from events import refusals
from events.accept import DEDUP_WINDOW, accept
from events.dialects import segment, segment_answers
from events.dialects.segment_context import FIELDS, OTHERS, at
from events.dialects.segment_events import FILLED_BY, to_event
from events.dialects.segment_messages import Arrival, read_message
from events.dialects.segment_times import parsed

PAGE = (Path(__file__).resolve().parents[2] / "docs/segment.md").read_text()
TABLE = PAGE.partition("<!-- mapping -->\n")[2].partition("<!-- /mapping -->")[0]
ROWS = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines()[2:]]
RECEIVED = parsed("2026-03-01T12:00:00Z")


def put(message, way, value):
    *parents, name = way.split(".")
    for parent in parents:
        message = message.setdefault(parent, {})
    message[name] = value


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]} {row[3]}")
def test_the_mapping(project, row):
    kind, way, example, field, value = row
    for message_type in FILLED_BY if kind == "any" else [kind]:
        message = {"type": message_type, "userId": "user-1", "event": "x"}
        if message_type == "group" and way == "context.groupId":
            continue  # it has a group of its own
        put(message, way, json.loads(example))
        event = to_event(read_message(message, Arrival(RECEIVED)), project.pk, uuid4())
        accept(project, [event], RECEIVED)
        assert at(event.data, field) == json.loads(value)


def test_every_field_that_is_read_stands_in_the_table():
    ways = {row[1] for row in ROWS}
    assert {f"context.{way}" for way, *_ in (*FIELDS, *OTHERS)} - ways == {"context.library.name"}
    assert {row[0] for row in ROWS} == {*FILLED_BY, "any"}


def test_every_answer_stands_in_the_table():
    texts = {getattr(segment_answers, name) for name in dir(segment_answers) if name.isupper() and name != "TEXT"}
    assert set(re.findall(r"^\| \d{3} \| `(.+?)` \|", PAGE, re.MULTILINE)) == texts


def test_numbers():
    assert (segment.MOST_BYTES, DEDUP_WINDOW.days) == (4_000 * 1024, 7)
    assert (refusals.KEPT, refusals.KEPT_SECONDS) == (100, 7 * 86_400)


def test_the_consents_in_the_text_are_accepted():
    block = PAGE.partition("```yaml\n")[2].partition("```")[0]
    given = yaml.safe_load(block)["consent"]
    assert check_consent(given) == given
