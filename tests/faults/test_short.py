"""The faults that cost the least time, on every run of the tests: embedded where those are on SQLite, else with
PostgreSQL and Redis servers of their own, to be killed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from tests.faults.faults import EMBEDDED, FAULTS, SERVERS, SOON
from tests.faults.run import run
from tests.faults.scene import Scene, scene

pytestmark = [pytest.mark.processes, pytest.mark.timeout(400)]

SQLITE = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
KIND = EMBEDDED if SQLITE else SERVERS
NAMES = ("redis-killed", "disk-full") if SQLITE else ("workers", "redis-killed", "postgres-killed", "hang")
# Fewer events, and short timeouts: a lease lasts as long as an attempt may.
SHORT = [replace(fault, rate=60.0, timeout=2.0, sending=SOON) for fault in FAULTS if fault.name in NAMES]


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with scene(embedded=SQLITE) as one:
        yield one


@pytest.mark.parametrize("number", range(len(SHORT)), ids=[fault.name for fault in SHORT])
def test_nothing_is_lost_and_nothing_sent_twice_that_was_not_under_way(stage, number):
    result = run(
        replace(SHORT[number], lasts=min(3.0, SHORT[number].lasts)), KIND, stage, first=(number + 1) * 1_000_000
    )
    assert result.accepted == result.sent > 0
    assert result.problems == []
