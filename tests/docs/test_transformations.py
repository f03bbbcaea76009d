"""What docs/transformations.md says is what the code does."""

import re
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from destinations.models import Destination
from destinations.transformations.compiled import LIMITS
from destinations.transformations.results import DROPPED, MOST_EVENTS
from destinations.transformations.rules import check_transformation
from destinations.transformations.wanting import wanting_of
from tests.destinations.messages.samples import TRACK

PAGE = (Path(__file__).parents[2] / "docs" / "transformations.md").read_text()
EVENT = {
    "event_type": "Order Placed",
    "uuid": "u1",
    "user_properties": {"email": "Ann@Example.com "},
    "event_properties": {"total": 12.5, "products": [{"id": 1}, {"id": 2}]},
}


def example(name):
    language, text = re.search(rf"<!-- example: {name} -->\n```(\w+)\n(.*?)```", PAGE, re.DOTALL).groups()
    return {"language": {"ftl": "freemarker", "jinja": "jinja2"}[language], "template": text}


def made(transformation, kind="webhook", came_as=None, event=EVENT):
    destination = Destination(kind=kind, transformation=check_transformation(transformation, of_messages=bool(came_as)))
    return wanting_of(destination).parts("event.track", event["event_type"], event, came_as)


@pytest.mark.parametrize("name", ["rename", "rename-jinja"])
def test_the_event_with_another_name(name):
    (part,) = made(example(name))
    assert (part.made["event_type"], part.made["event_properties"]) == ("Sale", EVENT["event_properties"])


def test_dropping():
    (part,) = made(example("drop"))
    assert part.made["event_type"] == "Order Placed"
    internal = EVENT | {"user_properties": {"email": "bob@example.com"}}
    assert made(example("drop"), event=internal) == f"{DROPPED}: internal traffic"


def test_splitting():
    first, second = made(example("split"))
    assert [one.made["event_properties"] for one in (first, second)] == [{"id": 1}, {"id": 2}]
    assert second.made["event_type"] == "Item Sold"


def test_headers_and_path():
    message = TRACK | {"properties": {"query": "cats & dogs"}}
    (part,) = made(example("headers"), "rudderstack-webhook", message)
    assert part.made["header"]["X-User"] == TRACK["userId"]
    assert part.made["appendPath"] == "search?q=cats%20%26%20dogs"


def test_the_files():
    files = [yaml.safe_load(text)["transformation"] for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    steps, template = (made(one)[0].made for one in files)
    assert steps == {
        "event_type": "Sale",
        "uuid": "u1",
        "user_properties": {"email": sha256(b"ann@example.com").hexdigest()},
        "event_properties": {"amount": "12.5", "products": [{"id": 1}, {"id": 2}]},
    }
    assert template["event_type"] == "Sale"


def test_the_limits():
    shown = dict(re.findall(r"^\| ([^|]+) \| ([\d.,]+)", PAGE.partition("## Limits")[2], re.MULTILINE))
    assert {name: float(number.replace(",", "")) for name, number in shown.items()} == {
        "time": LIMITS.wall_seconds,
        "steps": LIMITS.steps,
        "output": LIMITS.output_characters,
        "values made": LIMITS.made_bytes >> 20,
        "one regular expression": LIMITS.regex_seconds,
        "events made of one": MOST_EVENTS,
    }
