"""Single fields of a body."""

from typing import Any

from events.api.errors import bad_request


def flag(body: dict[str, Any], key: str, usual: bool) -> bool:
    value = body.get(key, usual)
    if value is None:
        return usual
    if not isinstance(value, bool):
        raise bad_request(f"{key} is neither true nor false.")
    return value


def refuse_groups(body: dict[str, Any], key: str) -> None:
    """Cohorts are of users here."""
    if body.get(key) not in (None, "", "User", "user"):
        raise bad_request(f"{key} names a group type; cohorts here are of users. Leave it out, or write User.")
