"""Groups that an event names: {type: name or names}, within Amplitude's limits."""

from typing import Any

from events.identify import is_number
from events.notes import counted

MAX_TYPES = 5
MAX_NAMES = 10
# Characters. Both stand in one index entry, which may have 2,704 bytes, four to a character.
MAX_TYPE_LENGTH = 128
MAX_NAME_LENGTH = 512


def read_groups(value: dict[str, Any], notes: list[str]) -> dict[str, list[str]]:
    """The groups as the export shape has them, every value a list of texts. What is over the limits is left out and
    noted; names that are neither text nor number are ignored."""
    groups: dict[str, list[str]] = {}
    left_out = 0
    room = MAX_NAMES
    for group_type, names in value.items():
        wanted = [name for name in map(group_name, names if isinstance(names, list) else [names]) if name]
        taken = wanted[:room] if len(groups) < MAX_TYPES and 0 < len(group_type) <= MAX_TYPE_LENGTH else []
        if taken:
            groups[group_type] = taken
            room -= len(taken)
        left_out += len(wanted) - len(taken)
    if left_out:
        most = f"{MAX_TYPES} types and {MAX_NAMES} names are the most an event has"
        notes.append(f"{counted(left_out, 'group')} left out: {most}")
    return groups


def group_name(value: Any) -> str | None:
    if is_number(value):
        value = str(value)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_NAME_LENGTH else None
