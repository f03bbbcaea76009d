"""What a receiver asks for in `Retry-After`, RFC 9110 10.2.3 (pure)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

STATUSES = frozenset({429, 503})  # whose Retry-After says when to come again
MOST_DIGITS = 9


def retry_after(status: int | None, headers: Iterable[tuple[str, str]], moment: datetime) -> float | None:
    """Seconds from `moment` on, 0 or more; None where nothing is asked, or nothing that can be read."""
    if status not in STATUSES:
        return None
    value = next((value.strip() for name, value in headers if name.lower() == "retry-after"), "")
    if value.isascii() and value.isdigit():
        return float(value[:MOST_DIGITS])
    try:
        asked = parsedate_to_datetime(value)
    except ValueError:
        return None
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return max(0.0, (asked - moment).total_seconds())
