import pytest

from events.models import Project
from events.retention_rules import InvalidRetention, checked, describe, set_retention

PRESENT = {"events": 30, "deliveries": 30, "bodies": 14}
WRONG = {
    "no number": ({"events": "30"}, "events"),
    "truth": ({"bodies": True}, "bodies"),
    "zero": ({"bodies": 0}, "bodies"),
    "ten years and more": ({"events": 3651}, "events"),
    "unknown key": ({"attempts": 3}, "attempts"),
    "bodies without deliveries": ({"deliveries": 7}, "bodies"),
    "deliveries without events": ({"deliveries": 60}, "events"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused(name):
    given, key = WRONG[name]
    with pytest.raises(InvalidRetention) as refused:
        checked(PRESENT, given)
    assert list(refused.value.problems) == [key]


def test_what_is_left_out_stays():
    assert checked(PRESENT, {"events": 90, "deliveries": 60}) == {"events": 90, "deliveries": 60, "bodies": 14}


def test_defaults_and_changes():
    project = Project()
    assert describe(project) == PRESENT
    assert not set_retention(project, {})
    assert set_retention(project, {"bodies": 3})
    assert describe(project) == PRESENT | {"bodies": 3}
