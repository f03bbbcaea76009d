"""Runs the tests: on SQLite with the embedded Redis, then what touches the database again on a real PostgreSQL and a
Redis of its own. `--everything` refuses to leave anything out; without it, what is not installed is named and left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import postgres
from tests.sdk import installed

CHROMIUM = "/usr/bin/chromium"
MOST_TRIED_AGAIN = 5  # tests
SIDE_BY_SIDE = 3  # test processes; on two cores, because many of the tests wait for other processes
# Nothing of what a run writes has to outlive a power cut.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Of these, on PostgreSQL, whatever opens the database or starts the hub. Who may do what does not depend on it.
ON_POSTGRESQL = (
    *("tests/cohorts", "tests/delivery", "tests/destinations", "tests/events", "tests/faults", "tests/streamhub"),
    *("--ignore=tests/streamhub/test_permissions.py", "--ignore=tests/streamhub/api/test_doors.py"),
    # The one starts a hub on SQLite whatever there is; what a first run prints is the same on any database.
    *("--ignore=tests/cohorts/test_killed_worker.py", "--deselect=tests/streamhub/test_up.py::TestFirstRun"),
    # So do these.
    *("--ignore=tests/streamhub/test_too_large.py", "--deselect=tests/streamhub/test_half_sent.py"),
    # Pages ask what was asked already; the log's, whose statements differ, are in tests/delivery.
    *("--ignore=tests/destinations/pages", "--ignore=tests/destinations/portal", "--ignore=tests/cohorts/pages"),
    *("--ignore=tests/streamhub/test_doors.py", "--ignore=tests/streamhub/test_browser_walls.py"),
    *("--ignore=tests/streamhub/test_hostile_text.py", "--ignore=tests/streamhub/test_help.py"),
    "--deselect=tests/streamhub/test_canaries.py::test_no_door_shows_one",
    # Nothing here knows a database; thousands of tests would be collected in vain.
    *("--ignore=tests/destinations/freemarker", "--ignore=tests/destinations/jinja"),
    *("--ignore=tests/destinations/http_mapping", "--ignore=tests/destinations/messages"),
)
# The long walks of the road, killing and stopping, are taken once: on PostgreSQL, where there is one.
LONG_WALKS = (
    "--deselect=tests/streamhub/test_up.py::TestTheRoad::test_a_killed_worker_and_a_flushed_redis_lose_nothing",
    "--deselect=tests/streamhub/test_up.py::TestTheRoad::test_a_stop_in_the_middle_loses_nothing",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--everything", action="store_true")
    everything = parser.parse_args().everything
    missing = list(_missing())
    if everything and missing:
        sys.exit("Not everything can be tested here: " + "; ".join(missing))
    for what in missing:
        print(f"Left out: {what}")
    browser = [] if Path(CHROMIUM).exists() else ["-m", "not browser"]
    twice = postgres.programs() and shutil.which("redis-server")
    failed = _pytest("SQLite, embedded Redis", ["tests", *browser, *(LONG_WALKS if twice else ())], {}, everything)
    if twice:
        with postgres.server(*FORGETFUL) as database, _redis() as redis:
            environment = {"DATABASE_URL": database, "REDIS_URL": redis, "STREAMHUB_TEST_DATABASE_ONLY": "1"}
            failed |= _pytest("PostgreSQL, real Redis", [*ON_POSTGRESQL, *browser], environment, everything)
    return failed


def _missing() -> Iterator[str]:
    if not Path(CHROMIUM).exists():
        yield f"browser tests ({CHROMIUM} is not installed)"
    if not postgres.programs():
        yield "PostgreSQL (its server is not installed)"
    if not shutil.which("redis-server"):
        yield "a separate Redis (redis-server is not installed)"
    if sdks := installed.missing():
        yield sdks
    if not shutil.which("node"):
        yield "what JavaScript makes of our requests (node is not installed)"


def _pytest(title: str, arguments: list[str], environment: dict[str, str], everything: bool) -> int:
    print(f"\n== {title} ==", flush=True)
    strict = {"STREAMHUB_TEST_EVERYTHING": "1"} if everything else {}
    environment = os.environ | environment | strict
    # The many processes that tests start would each compile all of the hub anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", "-q"]
    side_by_side = ["--cache-clear", "--durations=20", "--durations-min=5", "-n", str(SIDE_BY_SIDE)]
    failed = subprocess.run([*command, *side_by_side, *arguments], env=environment).returncode
    if failed != pytest.ExitCode.TESTS_FAILED:
        return failed
    return _again(command, environment)


def _again(command: list[str], environment: dict[str, str]) -> int:
    """What failed beside other tests on a busy machine is tried once more by itself; a fault fails again."""
    names = json.loads(Path(".pytest_cache/v/cache/lastfailed").read_text())
    if len(names) > MOST_TRIED_AGAIN:
        return 1
    print(
        "\nOnce more, one at a time; whatever passes now is unstable and wants mending:", *names, sep="\n", flush=True
    )
    return subprocess.run([*command, *names], env=environment).returncode


@contextmanager
def _redis() -> Iterator[str]:
    """A Redis server reached over TCP, as in production."""
    with tempfile.TemporaryDirectory(prefix="streamhub-redis-") as folder:
        port = postgres.free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
