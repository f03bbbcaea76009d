"""Which user properties destinations want to hear changes of (events/changes.py): checked, and told to the project."""

from typing import Any

from events.changes import ANY
from events.models import Project

MOST_NAMES = 100
MOST_CHARACTERS = 1_024


class BadWatch(ValueError):
    """Names that are refused; the message says why."""


def check_watch(given: Any) -> list[str]:
    """The names as they are stored; ["*"] stands for any property, [] for none. Raises BadWatch."""
    names = [] if given is None else given
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        raise BadWatch('Write a list of user properties: [name, …], or ["*"] for any.')
    if len(names) > MOST_NAMES:
        raise BadWatch(f"{len(names)} properties are named; at most {MOST_NAMES} are allowed.")
    if any(len(name) > MOST_CHARACTERS for name in names):
        raise BadWatch(f"A name has more than {MOST_CHARACTERS:,} characters.")
    return [ANY] if ANY in names else list(dict.fromkeys(name.strip() for name in names))


def watch(project: Project) -> None:
    """Notes with the project what its enabled destinations ask for. In the transaction of the change."""
    asked = project.destinations.filter(enabled=True).values_list("identify_on", flat=True)
    wanted = sorted({name for names in asked for name in names})
    if wanted != project.watched_properties:
        project.watched_properties = wanted
        project.save(update_fields=["watched_properties"])
