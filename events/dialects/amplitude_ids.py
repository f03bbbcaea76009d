"""Which user and device ids Amplitude takes."""

from typing import Any

from events.dialects.amplitude_answers import INVALID, LENGTH
from events.identify import is_number

MIN_LENGTH = 5
MAX_LENGTH = 512
# What broken clients send instead of an id. Compared in lower case, without spaces around.
NO_IDS = frozenset(
    {
        "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", '""', "{}", "lmy47d", "0", "-1",
        "00000000-0000-0000-0000-000000000000",
    }
)  # fmt: skip


def read_id(value: Any, min_length: int) -> tuple[str | None, str | None]:
    """The id as text and, if it cannot be taken, the problem with it. Numbers become text; null and "" are no id."""
    if value is None or value == "":
        return None, None
    if type(value) is not str:
        if not is_number(value):
            return None, INVALID
        value = str(value)
    if not min_length <= len(value) <= MAX_LENGTH:
        return None, LENGTH
    if value.strip().lower() in NO_IDS:
        return None, INVALID
    return value, None
