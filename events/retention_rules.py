"""How long a project keeps what: the rules, for the settings page and for files."""

from collections.abc import Mapping
from typing import Any

from events.models import Project

# Key in a file -> field of the project: days.
FIELDS = {"events": "keep_events", "deliveries": "keep_deliveries", "bodies": "keep_bodies"}
LONGEST = 3_650


class InvalidRetention(ValueError):
    """`problems`: key (or "" for the whole) -> what is wrong and what to do."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def describe(project: Project) -> dict[str, int]:
    """{"events": days, "deliveries": days, "bodies": days}"""
    return {key: getattr(project, field) for key, field in FIELDS.items()}


def set_retention(project: Project, given: Mapping[str, Any]) -> bool:
    """Enters the given days, the others stay; whether any changed. Does not save. Raises InvalidRetention."""
    wanted = checked(describe(project), given)
    changed = wanted != describe(project)
    for key, field in FIELDS.items():
        setattr(project, field, wanted[key])
    return changed


def checked(present: Mapping[str, int], given: Mapping[str, Any]) -> dict[str, int]:
    """All three, in days. Raises InvalidRetention."""
    problems = {key: f"“{key}” is not a known key. Known: {', '.join(FIELDS)}." for key in given if key not in FIELDS}
    for key in FIELDS:
        days = given.get(key, present[key])
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= LONGEST:
            problems[key] = f"Give a whole number of days from 1 to {LONGEST:,}."
    if problems:
        raise InvalidRetention(problems)
    wanted = {**present, **given}
    if wanted["bodies"] > wanted["deliveries"]:
        problems["bodies"] = "Bodies stand in the delivery log: keep them no longer than deliveries."
    if wanted["deliveries"] > wanted["events"]:
        problems["events"] = "A delivery shows its event: keep events at least as long as deliveries."
    if problems:
        raise InvalidRetention(problems)
    return wanted
