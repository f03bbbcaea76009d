"""What docs/cohorts.md says of definitions, batches and numbers is so."""

import json
import re
from pathlib import Path

import yaml

from cohorts.computation import LONGEST
from cohorts.definition import MOST_CONDITIONS, MOST_LEVELS, check_definition
from cohorts.models import Run, Sync
from cohorts.specification import MOST_MEMBERS, MOST_PROPERTIES, MOST_USERS_PER_BATCH
from cohorts.user_ids import MOST_CHARACTERS
from destinations.sample_batches import BUILT_IN_BATCH

TEXT = (Path(__file__).parents[2] / "docs/cohorts.md").read_text()


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)
    return found


def test_the_definition_is_taken():
    assert len(check_definition(yaml.safe_load(block("yaml")))["conditions"]) == 3


def test_the_batch_has_the_keys_of_one():
    assert list(json.loads(block("json"))) == list(BUILT_IN_BATCH)


def test_numbers_in_the_text():
    assert LONGEST.total_seconds() == 600
    assert MOST_LEVELS == 4
    for number, words in (
        (MOST_CONDITIONS, "at most {} conditions"),
        (MOST_MEMBERS, "At most {} users"),
        (MOST_PROPERTIES, "up to {} user properties"),
        (MOST_CHARACTERS, "more than {} characters"),
        (MOST_USERS_PER_BATCH, "1 to {};"),
        (Sync._meta.get_field("batch_size").default, "A batch has {} users"),
    ):
        assert words.format(f"{number:,}") in TEXT


def test_every_state_of_a_run_is_named():
    assert [state.label for state in Run.State if state.label not in TEXT] == []
