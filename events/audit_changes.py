"""What differs between two descriptions of a thing, as the audit trail keeps it. (pure)"""

from collections.abc import Iterator
from typing import Any

# (dotted path, before, after): JSON values; None where there is none.
Change = tuple[str, Any, Any]

HIDDEN = "••••••••"
MOST_CHARACTERS = 20_000  # of one value; template versions keep the whole


def differences(before: Any, after: Any, shown_before: Any = None, shown_after: Any = None) -> list[Change]:
    """Every value that is not the same, in the order of the descriptions; None for a thing that is not there.

    `shown_*` are the same descriptions as people may see them, without each secret or with what stands for it: a
    secret that changed is named, its values are dots. Left out, nothing is a secret.
    """
    old, new = _flat(before), _flat(after)
    seen_old = old if shown_before is None else _flat(shown_before)
    seen_new = new if shown_after is None else _flat(shown_after)
    return [
        (path, _kept(path, old, seen_old), _kept(path, new, seen_new))
        for path in dict.fromkeys([*old, *new])
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any) -> dict[str, Any]:
    return {path: leaf for path, leaf in _leaves(value, "") if leaf not in (None, "", [], {})}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Things in a list go by their names where they have some: a header that moves up is no change."""
    stem = f"{path}." if path else ""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{stem}{key}")
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        names = [item.get("name") for item in value]
        named = all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
        for number, item in enumerate(value, start=1):
            rest = {key: inner for key, inner in item.items() if not (named and key == "name")}
            yield from _leaves(rest, f"{stem}{item['name'] if named else number}")
    else:
        yield path, value


def _kept(path: str, values: dict[str, Any], shown: dict[str, Any]) -> Any:
    """Only what is shown is ever kept."""
    if path not in values:
        return None
    value = shown.get(path, HIDDEN)
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return f"{value[:MOST_CHARACTERS]}\n… {len(value):,} characters in all"
    return value
