"""What the page about Amplitude-style webhooks says is what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from delivery.hooks import journal
from destinations import catalog
from events.announced import ANNOUNCEMENTS
from events.dialects.amplitude_fields import FIELDS
from events.dialects.amplitude_webhooks import ALIASES, MOST_HOPS, REQUIRED, TYPES
from streamhub.declaration import Declaration
from streamhub.projects import apply

PAGE = (Path(__file__).parents[2] / "docs" / "amplitude-webhooks.md").read_text()
TABLE = PAGE.partition("<!-- types -->\n")[2].partition("<!-- /types -->")[0]
ROWS = {cells[1].strip(" `"): cells[3:5] for line in TABLE.splitlines() if (cells := line.split("|"))}


def test_every_type_and_what_it_must_have():
    assert tuple(ROWS) == TYPES == tuple(sorted(TYPES, key=TYPES.index))
    assert set(TYPES) == set(catalog.built_in("amplitude-webhooks").topics)
    wanted = {topic: list(fields) for topic, fields in REQUIRED.items()}
    wanted |= {topic: list(one.fields) for topic, one in ANNOUNCEMENTS.items()}
    assert {topic: re.findall(r"`(\w+)`", must) for topic, (must, _) in ROWS.items()} == wanted


@pytest.mark.parametrize("topic", ANNOUNCEMENTS)
def test_what_announcements_may_have(topic):
    named = re.findall(r"`(\w+)`", ROWS[topic][1])
    assert [name for name in named if name not in ALIASES.values()] == list(ANNOUNCEMENTS[topic].optional)


def test_what_events_may_have_is_read():
    known = {*FIELDS, "event_id", "user_id", "device_id", "insert_id"}
    for topic in ("event.track", "event.identify"):
        assert set(re.findall(r"`(\w+)`", ROWS[topic][1])) <= known


def test_numbers():
    assert (MOST_HOPS, journal.KEPT) == (5, 200)
    assert "more than five hubs" in PAGE
    assert "newest 200 webhooks" in PAGE


@pytest.mark.django_db
def test_the_example_can_be_applied(tmp_path):
    text = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]
    file = tmp_path / "example.yaml"
    file.write_text(text)
    assert yaml.safe_load(text)
    report = apply(Declaration.read(file))
    assert report == ["project Shop: created", "destination Shop / The other hub: created"]
