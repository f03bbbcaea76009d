"""Changing an event at a path (event_paths.py): what is changed is copied, the event that was given stays. (pure)"""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
# From the object that holds a value, and its name there, to that object changed; the same object where nothing is.
Edit = Callable[[dict[str, Any], str], dict[str, Any]]


def writer(path: str, edit: Edit, *, makes: bool = False) -> Callable[[Data], Data]:
    """The function that edits what is at a checked path, finding it as `event_paths.reader` does.

    Lists on the way: in each of their objects; a group's property: in every group of that type. `makes`: objects that
    are missing on the way are made.
    """
    stem, dot, name = path.partition(".")
    if not dot:
        return lambda data: edit(data, path)
    if stem == "group_properties":
        group_type, _, name = name.partition(".")
        return _in_groups(group_type, name, edit, makes)

    def write(data: Data) -> Data:
        return _put(data, stem, _edited(_holder(data, stem, makes), name, edit, makes))

    return write


def _in_groups(group_type: str, name: str, edit: Edit, makes: bool) -> Callable[[Data], Data]:
    def write(data: Data) -> Data:
        types = data.get("group_properties")
        if type(types) is not dict or type(groups := types.get(group_type)) is not dict:
            return data
        edited = {group: _edited(held, name, edit, makes) for group, held in groups.items()}
        return data | {"group_properties": types | {group_type: edited}}

    return write


def _edited(held: Any, name: str, edit: Edit, makes: bool) -> Any:
    """By the whole name where it is there, else along its parts."""
    if type(held) is not dict:
        return held
    return edit(held, name) if name in held or "." not in name else _along(held, name.split("."), edit, makes)


def _along(held: Any, keys: list[str], edit: Edit, makes: bool) -> Any:
    if type(held) is list:
        return [_along(one, keys, edit, makes) for one in held]
    if type(held) is not dict:
        return held
    key, *rest = keys
    if not rest:
        return edit(held, key)
    return _put(held, key, _along(_holder(held, key, makes), rest, edit, makes))


def _holder(held: dict[str, Any], key: str, makes: bool) -> Any:
    found = held.get(key)
    return {} if found is None and makes else found


def _put(held: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return held if value is held.get(key) else held | {key: value}
