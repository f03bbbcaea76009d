"""Whatever can be done in the browser can be done by the API, or it is said why not."""

import pytest

from streamhub.permissions import DOORS
from tests.streamhub.api.actions import ACTIONS, ELSEWHERE, By
from tests.streamhub.api.operations import operations

BELOW = "/api/v1/projects/{project}"
OPERATIONS = {str(one) for one in operations()}
TABLE = ACTIONS | ELSEWHERE


def test_every_action_of_the_browser_is_in_the_table() -> None:
    doors = [name for name, rule in DOORS.items() if rule.change is not None]
    acts = [f"{name}__{act}" for name, rule in DOORS.items() for act in rule.acts]
    assert set(ACTIONS) == {*doors, *acts}, "Say in actions.py which operation of the API does this, or why none does."


@pytest.mark.parametrize("action", TABLE)
def test_the_operations_are_there(action: str) -> None:
    found: By = TABLE[action]
    assert bool(found.operations) != bool(found.because)
    for named in found.operations:
        method, _, path = named.partition(" ")
        whole = path if path.startswith("/api/") else BELOW + path
        assert f"{method} {whole}" in OPERATIONS
