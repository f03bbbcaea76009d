"""What the page about shaping says is what the code does."""

from pathlib import Path

import yaml

from destinations.event_rules import check_rule
from destinations.event_steps import EVENT_STEPS
from destinations.mappings import Field, check_mappings
from destinations.step_rows import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "shaping.md").read_text()


def rows(table):
    text = PAGE.partition(f"<!-- {table} -->\n")[2].partition(f"<!-- /{table} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()][2:]


def examples():
    return [yaml.safe_load(part.partition("```")[0]) for part in PAGE.split("```yaml\n")[1:]]


def test_every_step_is_listed_with_its_name_on_the_page_and_its_settings():
    listed = {row[0].strip("`"): (row[1], row[2].replace("`", "")) for row in rows("steps")}
    assert listed == {name: (NAMES[name], ", ".join(one.settings)) for name, one in EVENT_STEPS.items()}
    assert list(listed) == list(NAMES)


def test_the_examples_are_accepted_as_they_stand():
    fields = [Field("external_id", required=True)]
    for one in examples():
        if "mappings" in one:
            assert check_mappings(one["mappings"], fields, complete=False) == one["mappings"]
        else:
            assert [check_rule(rule) for rule in one["event_transformations"]] == one["event_transformations"]
