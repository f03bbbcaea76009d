from datetime import UTC, datetime, timedelta, timezone

import pytest

from events.shape import complete, time_text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2022, 10, 24, 20, 7, 32, 123000, tzinfo=UTC), "2022-10-24 20:07:32.123"),
        (datetime(2022, 10, 24, 20, 7, 32, 123999, tzinfo=UTC), "2022-10-24 20:07:32.123"),
        (datetime(2022, 10, 24, tzinfo=UTC), "2022-10-24 00:00:00.000"),
        (datetime(2022, 10, 24, 1, tzinfo=timezone(timedelta(hours=2))), "2022-10-23 23:00:00.000"),
        (datetime(900, 1, 1, tzinfo=UTC), "0900-01-01 00:00:00.000"),
    ],
)
def test_times_are_utc_with_three_digits(moment, text):
    assert time_text(moment) == text


def test_the_shape_has_every_field_in_order():
    full = complete({"user_id": "u", "event_type": "x"})
    assert list(full)[:3] == ["event_type", "event_time", "user_id"]
    assert full["session_id"] == -1
    assert full["event_properties"] == full["groups"] == {}
    assert full["city"] is None
