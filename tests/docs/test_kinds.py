"""What docs/kinds.md says, held against the rules."""

import re
from pathlib import Path

import yaml

from destinations.kind import parameter_rules, rules
from destinations.kind.check import check_definition
from destinations.kind.definition import PARAMETER_TYPES, TOPICS

TEXT = (Path(__file__).resolve().parents[2] / "docs/kinds.md").read_text()


def test_the_example_is_sound():
    definition = yaml.safe_load(re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[1])
    definition["request"]["template"] = '{"user": "${mappedFields.user}"}'
    assert check_definition("example", definition) == []


def test_every_key_is_described():
    shown = {"name", "category", "summary", "description"}  # in the example
    names = {name for name in rules.KEYS if name not in shown} - {"setup", "samples", "request"}
    assert {name for name in names if f"`{name}`" not in TEXT and f"`{name}." not in TEXT} == set()
    assert {name for name in rules.REQUEST_KEYS if f"`request.{name}`" not in TEXT} == {"language", "template"}
    assert {name for name in parameter_rules.KEYS if f"`{name}`" not in TEXT} == set()
    assert {name for name in (*PARAMETER_TYPES, *TOPICS) if f"`{name}`" not in TEXT} == set()
