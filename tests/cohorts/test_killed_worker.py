"""A real hub whose worker is killed while it makes a run's batches: the receiver is told of everybody all the same."""

import time

import orjson
import psutil
import pytest

from tests.hub import Hub, hub
from tests.receiver import receiver

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

USERS = [f"user {number:04}" for number in range(6_000)]


def test_a_worker_killed_in_mid_run_loses_nobody():
    with receiver() as hook, hub() as running:
        (worker,) = cohort_workers(running)
        running.apply(declaration(hook.url))
        wait_until(lambda: rows(running, "batch"))
        worker.kill()
        psutil.wait_procs([worker], timeout=5)
        assert rows(running, "pending"), "it was in the middle"
        wait_until(lambda: told(hook.bodies) == set(USERS))
        messages = {orjson.loads(body)["message_id"] for body in hook.bodies}
        assert len(messages) == len(USERS), "nobody is in two batches"
        wait_until(lambda: cohort_workers(running))


def declaration(url: str) -> dict[str, object]:
    """One user in each request, so that making the batches takes a while."""
    sync = {"destination": "Hook", "batch_size": 1}
    hook = {"name": "Hook", "kind": "cohort-webhook", "url": url, "enabled": True, "sending": {"concurrency": 50}}
    cohort = {"name": "Everybody", "users": USERS, "syncs": [sync]}
    return {"projects": [{"name": "Shop", "cohorts": [cohort], "destinations": [hook]}]}


def rows(running: Hub, table: str) -> int:
    ((count,),) = running.query(f"SELECT count(*) FROM cohorts_{table}")
    return count


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
