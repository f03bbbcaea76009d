"""The editor page's fields -> a definition. (pure)"""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from destinations.kind.definition import AUTH_TYPES
from destinations.portal.entries import ENTRIES, Entry, as_value

ROWS = ("parameters", "mappings", "request.headers")
WITHOUT_TEMPLATE = ("raw", "message", "mapped")  # what is chosen in place of a template's language
# What the page does not show and the posted form therefore keeps.
KEPT = ("section", "samples")

Definition = dict[str, Any]


def definition_of(posted: QueryDict, before: Definition) -> Definition:
    """As it was typed, whether it is right or wrong. Rows that are empty stay: the page has just added them."""
    made: Definition = {key: before[key] for key in KEPT if key in before}
    for place, entry in ENTRIES.items():
        if "*" in place:
            continue
        if entry.shape == "many":
            _put(made, place, posted.getlist(place) or None)
        elif entry.shape == "flag":
            _put(made, place, place in posted or None)
        else:
            _put(made, place, _typed(entry, posted.get(place, "")))
    for name in ROWS:
        _put(made, name, [_row(posted, name, number) for number in _numbers(posted, name)] or None)
    _settle(made)
    return made


def without_empty_rows(definition: Definition) -> Definition:
    """Rows in which nothing was typed are left out."""
    made = dict(definition)
    request = dict(made.get("request", {}))
    for holder, key in ((made, "parameters"), (made, "mappings"), (request, "headers")):
        if key in holder:
            rows = [
                row
                for row in holder[key]
                if any(value not in ("", None) for name, value in row.items() if name != "type")
            ]
            holder.pop(key)
            if rows:
                holder[key] = rows
    if request:
        made["request"] = request
    return made


def add_row(definition: Definition, name: str) -> None:
    _rows(definition, name).append({})


def remove_row(definition: Definition, place: str) -> None:
    name, _, number = place.rpartition(".")
    rows = _rows(definition, name)
    if number.isdecimal() and int(number) < len(rows):
        del rows[int(number)]


def _rows(definition: Definition, name: str) -> list[Definition]:
    """Raises KeyError for a list that is none of ROWS."""
    if name not in ROWS:
        raise KeyError(name)
    holder = definition
    *stems, last = name.split(".")
    for stem in stems:
        holder = holder.setdefault(stem, {})
    return holder.setdefault(last, [])


def _numbers(posted: Iterable[str], name: str) -> list[int]:
    heads = {key.removeprefix(f"{name}.").partition(".")[0] for key in posted if key.startswith(f"{name}.")}
    return sorted(int(head) for head in heads if head.isdecimal() and len(head) < 4)


def _row(posted: QueryDict, name: str, number: int) -> Definition:
    row: Definition = {}
    for place, entry in ENTRIES.items():
        stem, _, key = place.rpartition(".*.")
        if stem != name:
            continue
        field = f"{name}.{number}.{key}"
        value = (field in posted or None) if entry.shape == "flag" else _typed(entry, posted.get(field, ""))
        if value is not None:
            row[key] = value
    return row


def _typed(entry: Entry, text: str) -> Any:
    """What is required and missing stays as an empty text, so that it is missed at its place."""
    value = as_value(entry, text)
    return "" if value is None and entry.required else value


def _put(definition: Definition, place: str, value: Any) -> None:
    if value is None:
        return
    *stems, last = place.split(".")
    for stem in stems:
        definition = definition.setdefault(stem, {})
    definition[last] = value


def _settle(made: Definition) -> None:
    """What the page says in another way than the definition."""
    request = made.setdefault("request", {})
    if request.get("language") in WITHOUT_TEMPLATE:
        request["body"] = request.pop("language")
        request.pop("template", None)
    auth = request.get("auth")
    if auth is not None:
        wanted = AUTH_TYPES.get(auth.get("type", ""))
        if wanted is None:
            del request["auth"]
        else:
            request["auth"] = {"type": auth["type"]} | {key: auth.get(key, "") for key in wanted}
    identifier = made.get("identifier")
    if identifier and "by" in identifier:
        identifier["by"] = {one["value"]: one.get("label", "") for one in identifier["by"]}
    for one in made.get("parameters", ()):
        if "needed_with" in one:
            one["needed_with"] = {w["value"]: _listed(w.get("label", "")) for w in one["needed_with"]}
        if one.get("type") != "rows":
            one.pop("columns", None)
        if one.get("type") not in ("choice", "url"):
            one.pop("choices", None)
        if one.get("type") != "url":
            one.pop("hosts", None)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
