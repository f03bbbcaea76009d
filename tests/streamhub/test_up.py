"""The hub as its user starts it: real processes, a real Redis, events from the official SDK."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil
import pytest
import redis
from amplitude import Amplitude, BaseEvent, EventOptions, Identify
from django.conf import settings

from tests import prepared
from tests.hub import ROOT, Hub, hub, start, without_settings
from tests.receiver import receiver

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]
KEY = "0123456789abcdef0123456789abcdef"


@contextmanager
def own_database() -> Iterator[str]:
    """A DATABASE_URL where the suite runs on PostgreSQL, else "" for SQLite."""
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield ""
        return
    with prepared.database(settings.DATABASES["default"]) as url:
        yield url


@pytest.fixture
def database() -> Iterator[str]:
    with own_database() as url:
        yield url


def declare(running: Hub, *destinations: dict[str, object]) -> None:
    running.apply({"projects": [{"name": "Shop", "api_key": KEY, "destinations": list(destinations)}]})


def send(running: Hub, count: int) -> None:
    """Through the unchanged SDK: tracked events and, every tenth, an identify."""
    client = Amplitude(KEY)
    client.configuration.server_url = f"http://127.0.0.1:{running.port}/2/httpapi"
    client.configuration.min_id_length = 1
    for number in range(count):
        who = EventOptions(user_id=f"user-{number % 50}")
        if number % 10 == 9:
            client.identify(Identify().set("plan", "pro").add("visits", 1), who)
        else:
            client.track(BaseEvent("Order Placed", user_id=who.user_id, event_properties={"number": number}))
    client.flush()
    client.shutdown()


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.05)


@pytest.fixture(scope="class")
def newcomers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub as it starts in an empty folder. It ends without an error, and leaves no process behind."""
    data = tmp_path_factory.mktemp("newcomers")
    with own_database() as database:
        running = start(data, database=database, empty=True, STREAMHUB_ALLOWED_NETWORKS="")
        try:
            yield running
        finally:
            assert running.stop() == 0
        assert _leftovers(data) == []


class TestFirstRun:
    def test_a_newcomer_gets_an_address_a_login_and_deliveries_to_look_at(self, newcomers):
        assert f"http://127.0.0.1:{newcomers.port}/" in newcomers.printed
        assert re.search(r"Sign in as +admin\n +with the password +\S{16}\n", newcomers.printed)
        assert (newcomers.data / "keys.env").stat().st_mode & 0o777 == 0o600
        wait_until(lambda: newcomers.deliveries("Demo shop").get("delivered", 0) >= 30)
        assert set(newcomers.deliveries("Demo shop")) == {"delivered"}

    def test_a_second_one_on_the_same_folder_says_so(self, newcomers):
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", "18999", "--data", str(newcomers.data)]
        second = subprocess.run(command, env=newcomers.environment, capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert f"already runs on {newcomers.data}" in second.stderr
        assert f"http://127.0.0.1:{newcomers.port}" in second.stderr
        assert "Traceback" not in second.stderr

    def test_a_port_that_is_taken_is_named(self, tmp_path):
        with receiver() as other:
            port = other.url.split(":")[2].split("/")[0]
            command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", port, "--data", str(tmp_path)]
            variables = without_settings(os.environ)
            done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr

    def test_only_its_own_inbox_is_reached_on_this_machine(self, newcomers):
        with receiver() as other:
            with pytest.raises(RuntimeError, match="loopback"):
                declare(newcomers, {"name": "Other", "url": other.url, "enabled": True})
            inbox = f"http://127.0.0.1:{newcomers.port}/inbox/{_inbox_token(newcomers, 'Demo shop')}"
            declare(newcomers, {"name": "Inbox", "url": inbox, "enabled": True})
            send(newcomers, 10)
            wait_until(lambda: newcomers.deliveries("Shop").get("delivered") == 10)
            assert other.requests == []

    def test_the_login_is_printed_once_and_what_was_there_is_kept(self, newcomers):
        """The last one, because it ends that hub and starts it again."""
        before = newcomers.deliveries("Demo shop")
        assert newcomers.stop() == 0
        database = newcomers.environment.get("DATABASE_URL", "")
        again = start(newcomers.data, "--host", "0.0.0.0", database=database, STREAMHUB_HOSTS="hub.example.com")
        assert again.stop() == 0
        assert f"StreamHub is ready at  http://127.0.0.1:{again.port}/" in again.printed
        assert again.printed.count("with the password") == 1
        assert again.printed.count("StreamHub is ready") == 2
        assert again.deliveries("Demo shop") == before


class TestTheRoad:
    def test_a_thousand_events_of_the_official_sdk_arrive(self, database):
        with receiver() as hook, hub(database) as running:
            declare(running, {"name": "Hook", "url": hook.url, "enabled": True})
            send(running, 1000)
            wait_until(lambda: len(hook.requests) >= 1000)
            wait_until(lambda: running.deliveries("Shop") == {"delivered": 1000})
        bodies = [orjson.loads(body) for body in hook.bodies]
        tracked = [body for body in bodies if body["event_type"] == "Order Placed"]
        assert sorted(body["event_properties"]["number"] for body in tracked) == [
            number for number in range(1000) if number % 10 != 9
        ]
        identifies = [body for body in bodies if body["event_type"] == "$identify"]
        assert len(identifies) == 100
        assert {body["user_properties"]["plan"] for body in identifies} == {"pro"}
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", body["event_time"]) for body in bodies)

    def test_a_killed_worker_and_a_flushed_redis_lose_nothing(self, database):
        """The worker dies in the middle of 5,000 deliveries and Redis forgets everything; twice only what it had under
        way may come."""
        with receiver() as hook, hub(database) as running:
            declare(running, {"name": "Hook", "url": hook.url, "enabled": True})
            _post(running, 5000)
            wait_until(lambda: len(hook.requests) > 1000)
            worker, *_ = running.processes()["worker fresh"]
            worker.send_signal(signal.SIGKILL)
            redis.Redis(unix_socket_path=str(running.data / "redis.sock")).flushall()
            wait_until(lambda: running.deliveries("Shop") == {"delivered": 5000}, 150)
        times = Counter(orjson.loads(body)["event_properties"]["number"] for body in hook.bodies)
        assert sorted(times) == list(range(5000))
        # Sent and not yet recorded when it died: under way, being written, or waiting for that.
        assert sum(count - 1 for count in times.values()) <= 600

    def test_a_stop_in_the_middle_loses_nothing(self, tmp_path, database):
        with receiver() as hook:
            running = start(tmp_path, "--no-demo", database=database)
            declare(running, {"name": "Hook", "url": hook.url, "enabled": True})
            _post(running, 3000)
            wait_until(lambda: len(hook.requests) > 500)
            assert running.stop() == 0
            running = start(tmp_path, "--no-demo", database=database)
            wait_until(lambda: running.deliveries("Shop") == {"delivered": 3000})
            running.stop()
        times = Counter(orjson.loads(body)["event_properties"]["number"] for body in hook.bodies)
        assert sorted(times) == list(range(3000))
        assert set(times.values()) == {1}, "an orderly stop sends nothing twice"


def _post(running: Hub, count: int) -> None:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    for first in range(0, count, 500):
        events = [
            {"event_type": "Order Placed", "user_id": "user-1", "event_properties": {"number": first + n}}
            for n in range(500)
        ]
        connection.request("POST", "/2/httpapi", orjson.dumps({"api_key": KEY, "events": events}))
        answer = connection.getresponse()
        assert (answer.status, answer.read()[:11]) == (200, b'{"code":200')
    connection.close()


def _inbox_token(running: Hub, project: str) -> str:
    ((token,),) = running.query(f"SELECT inbox_token FROM events_project WHERE name = '{project}'")
    return token


def _leftovers(data: Path) -> list[str]:
    """Processes that still have to do with the folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if str(data) in " ".join(process.info["cmdline"] or []):
            found.append(process)
    return [str(process) for process in found]
