from datetime import UTC, datetime, timedelta

from events.uuids import time_ordered_uuids

MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_version_variant_and_time():
    (one,) = time_ordered_uuids(1, MOMENT)
    assert (one.version, one.variant) == (7, "specified in RFC 4122")
    assert one.int >> 80 == int(MOMENT.timestamp() * 1000)


def test_unique_and_ordered_by_time():
    earlier, later = time_ordered_uuids(1000, MOMENT), time_ordered_uuids(1000, MOMENT + timedelta(milliseconds=1))
    assert len({*earlier, *later}) == 2000
    assert max(earlier) < min(later)
