"""A real hub whose worker is killed while it makes a run's batches: the receiver is told of everybody all the same."""

import sqlite3
import time
from contextlib import closing

import orjson
import psutil
import pytest

from tests import prepared
from tests.hub import Hub, hub
from tests.receiver import receiver

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

STEP = 500  # users that one transaction makes batches of, where a batch is one user
USERS = [f"user {number:04}" for number in range(STEP + 50)]
# Who makes a batch of the second step is busy with it until he is killed.
ENDLESS = f"""CREATE TRIGGER endless BEFORE INSERT ON cohorts_batch WHEN NEW.number >= {STEP} BEGIN
    SELECT (WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count) SELECT max(n) FROM count);
END"""


def test_a_worker_killed_in_mid_run_loses_nobody():
    with receiver() as hook, hub() as running:
        change(running, ENDLESS)
        (worker,) = cohort_workers(running)
        running.apply(declaration(hook.url))
        wait_until(lambda: rows(running, "batch"))
        worker.kill()
        psutil.wait_procs([worker], timeout=5)
        assert (rows(running, "batch"), rows(running, "pending")) == (STEP, len(USERS) - STEP), "it was in the middle"
        change(running, "DROP TRIGGER endless")
        wait_until(lambda: told(hook.bodies) == set(USERS))
        messages = {orjson.loads(body)["message_id"] for body in hook.bodies}
        assert len(messages) == len(USERS), "nobody is in two batches"
        wait_until(lambda: cohort_workers(running))


def declaration(url: str) -> dict[str, object]:
    """One user in each request."""
    sync = {"destination": "Hook", "batch_size": 1}
    hook = {"name": "Hook", "kind": "cohort-webhook", "url": url, "enabled": True, "sending": {"concurrency": 50}}
    cohort = {"name": "Everybody", "users": USERS, "syncs": [sync]}
    return {"projects": [{"name": "Shop", "cohorts": [cohort], "destinations": [hook]}]}


def rows(running: Hub, table: str) -> int:
    ((count,),) = running.query(f"SELECT count(*) FROM cohorts_{table}")
    return count


def change(running: Hub, sql: str) -> None:
    with closing(sqlite3.connect(running.data / prepared.SQLITE, timeout=30)) as connection:
        connection.execute(sql)


def cohort_workers(running: Hub) -> list[psutil.Process]:
    processes = psutil.Process(running.process.pid).children(recursive=True)
    return [one for one in processes if one.is_running() and "worker cohorts" in " ".join(one.cmdline())]


def told(bodies: list[bytes]) -> set[str]:
    return {user["user_id"] for body in list(bodies) for user in orjson.loads(body)["users"]}


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.005)
