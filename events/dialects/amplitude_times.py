"""Times of the Amplitude dialect: milliseconds in, corrected for wrong client clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Far enough inside years 1 to 9999 that no change of time zone leaves them.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9998, 1, 1, tzinfo=UTC)
_EARLIEST_MS = int(EARLIEST.timestamp() * 1000)
_LATEST_MS = int(LATEST.timestamp() * 1000)
# A smaller difference between the clocks of client and server is taken for travel time.
CORRECTED_FROM = timedelta(seconds=60)


def from_milliseconds(value: Any) -> datetime | None:
    """None for anything but a whole number of milliseconds since 1970 in the years 1900 to 9997."""
    if type(value) is not int:
        if not isinstance(value, float) or not value.is_integer():
            return None
        value = int(value)
    if not _EARLIEST_MS <= value < _LATEST_MS:
        return None
    return EPOCH + timedelta(milliseconds=value)


def upload_time(value: Any) -> datetime | None:
    """`client_upload_time`: ISO text (UTC unless it says otherwise) or milliseconds; None if it is no time."""
    if not isinstance(value, str):
        return from_milliseconds(value)
    return from_iso(value)


def from_iso(text: str) -> datetime | None:
    """ISO 8601, UTC unless it says otherwise; None for anything else, and outside the years 1900 to 9997."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def clock_error(received: datetime, uploaded: datetime) -> timedelta:
    """How much to add to the client's times: nothing below a minute."""
    error = received - uploaded
    return error if abs(error) >= CORRECTED_FROM else timedelta()


def corrected(client_time: datetime, error: timedelta) -> datetime:
    """The event's time by the server's clock; the client's own where that would leave the years we can store."""
    try:
        moment = client_time + error
    except OverflowError:
        return client_time
    return moment if EARLIEST <= moment < LATEST else client_time
