"""One value of an event by its path: "event_properties.total", "group_properties.company.plan", "platform". (pure)"""

from collections.abc import Callable, Iterable
from typing import Any

from events.shape import FIELDS, OBJECTS

# From an event's stored data to the value, None where there is none.
Reader = Callable[[dict[str, Any]], Any]

# `plan` is the tracking plan that an SDK names, so an object too.
HOLDERS = (*OBJECTS, "plan")
# The category is not in the export shape: event transformations of a project give it.
EVENT_FIELDS = (*(name for name in FIELDS if name not in HOLDERS), "event_category")
EXAMPLES = {
    "event_properties": "event_properties.total",
    "user_properties": "user_properties.plan",
    "groups": "groups.company",
    "group_properties": "group_properties.company.plan",
    "data": "data.first_event",
    "plan": "user_properties.plan for a user's, plan.version for the tracking plan's",
}
MOST_CHARACTERS = 1_024


def path_problem(path: Any) -> str | None:
    """What is wrong with a path, in words; None for a good one."""
    if not isinstance(path, str) or not path.strip():
        return "Name the property: event_properties.total, user_properties.plan, platform …"
    if len(path) > MOST_CHARACTERS:
        return f"The property has {len(path):,} characters; at most {MOST_CHARACTERS:,} are allowed."
    stem, _, name = path.partition(".")
    if stem not in HOLDERS:
        return None if path in EVENT_FIELDS else _unknown(path)
    if not name:
        return f"{stem} holds several values. Name one: {EXAMPLES[stem]}."
    if stem == "group_properties" and not all(name.partition(".")):
        return f"Name the group's type and the property: {stem}.company.{name.strip('.') or 'plan'}."
    return None


def reader(path: str) -> Reader:
    """The function that finds the value at a checked path.

    A name with dots is looked for as it stands, then as a way through objects; lists on the way give a list. A group
    property is looked for in every group of that type: a list, if the event belongs to several.
    """
    stem, dot, name = path.partition(".")
    if path == "session_id":
        return _session_id
    if not dot:
        return lambda data: data.get(path)
    if stem == "group_properties":
        group_type, _, name = name.partition(".")
        return _of_groups(group_type, name)
    return _of_object(stem, name)


def short_name(path: str) -> str:
    """The path as a sentence names it: "total" for event_properties.total, "company plan" for a group's property."""
    stem, dot, name = path.partition(".")
    if stem == "group_properties":
        return " ".join(name.split(".", 1))
    return name if dot else path


def _session_id(data: dict[str, Any]) -> Any:
    """As the export shape has it: -1 where there is no session."""
    value = data.get("session_id")
    return -1 if value is None else value


def _of_object(stem: str, name: str) -> Reader:
    if "." in name:
        keys = name.split(".")

        def read_way(data: dict[str, Any]) -> Any:
            holder = data.get(stem)
            return _find(holder, name, keys) if type(holder) is dict else None

        return read_way

    def read(data: dict[str, Any]) -> Any:
        holder = data.get(stem)
        return holder.get(name) if type(holder) is dict else None

    return read


def _of_groups(group_type: str, name: str) -> Reader:
    keys = name.split(".")

    def read(data: dict[str, Any]) -> Any:
        types = data.get("group_properties")
        groups = types.get(group_type) if type(types) is dict else None
        if type(groups) is not dict:
            return None
        return _together(_find(properties, name, keys) for properties in groups.values())

    return read


def _find(holder: Any, name: str, keys: list[str]) -> Any:
    if type(holder) is not dict:
        return None
    value = holder.get(name)
    if value is not None or len(keys) == 1:
        return value
    value = holder
    for key in keys:
        value = _step(value, key)
    return value


def _step(value: Any, key: str) -> Any:
    if type(value) is list:
        return _together(_step(one, key) for one in value if type(one) is dict)
    return value.get(key) if type(value) is dict else None


def _together(values: Iterable[Any]) -> Any:
    """Nothing, the one value, or all of them in one flat list."""
    found = [one for value in values if value is not None for one in (value if type(value) is list else [value])]
    return found if len(found) > 1 else next(iter(found), None)


def _unknown(path: str) -> str:
    return (
        f"“{path[:60]}” is no field of an event. Write event_properties.NAME, user_properties.NAME, "
        "group_properties.TYPE.NAME, groups.TYPE, or a field such as platform or country."
    )
