"""Everything of a fault run that is real: the sink, PostgreSQL, Redis, the hub; and the ways of breaking them."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from tests import postgres
from tests.faults.books import Arrival, Log, arrivals
from tests.faults.publisher import KEY
from tests.hub import Hub, free_port, get, start, wait_for

DESTINATIONS = ("north", "east", "south", "west", "centre")
MOST_WORDS = 2_000  # characters of a log
FAULTY = DESTINATIONS[0]  # the receiver that is broken where a fault is one of receivers
WORKERS = ("worker fresh", "worker retry", "worker default")
HERE = Path(__file__).resolve().parent


@dataclass
class Scene:
    """`postgres` and `redis` are None where the hub is embedded: SQLite, and a Redis that `up` keeps alive."""

    hub: Hub
    sinks: dict[str, int]  # destination -> port of its sink
    record: Path
    clock: Path
    postgres: postgres.Server | None
    redis: "Redis | None"

    @property
    def log(self) -> Log:
        return Log(self.postgres.url if self.postgres else "", self.hub.data)

    @property
    def arrivals(self) -> list[Arrival]:
        return arrivals(self.record)

    def declare(self, timeout: float, sending: dict[str, object]) -> None:
        """All destinations, as a person would set them up; `timeout` of a whole request in seconds."""
        destinations = [
            {
                "name": name,
                "url": f"http://127.0.0.1:{self.sinks[name]}/{name}",
                "timeouts": {"total": timeout},
                "sending": sending,
                "enabled": True,
            }
            for name in DESTINATIONS
        ]
        self.hub.apply({"projects": [{"name": "Faults", "api_key": KEY, "destinations": destinations}]})

    def behave(self, address: str, name: str) -> None:
        get(self.sinks[address], f"/behave/{address}/{name}", "POST")

    # -- breaking ----------------------------------------------------------------------------------------------------

    def kill(self, *parts: str, most: int = 100) -> int:
        """kill -9, and how many processes that were. Supervisor starts them again, as it would after a crash."""
        running = self.hub.processes()
        found = [process for part in parts for process in running.get(part, [])][:most]
        for process in found:
            process.kill()
        assert found, f"nothing to kill: {parts} of {list(running)}"
        return len(found)

    def redis_client(self) -> redis.Redis:
        if self.redis:
            return redis.Redis(port=self.redis.port)
        return redis.Redis(unix_socket_path=str(self.hub.data / "redis.sock"))

    def kill_redis(self) -> None:
        """kill -9, and what it had saved is gone too."""
        if self.redis:
            self.redis.stop()
            return
        self.kill("redis-server")
        (self.hub.data / "dump.rdb").unlink(missing_ok=True)

    def fill_disk(self) -> None:
        """No file of the hub's own processes may grow further: a quota, which works for every user."""
        wal = self.hub.data / "streamhub.sqlite3-wal"
        self._limit(wal.stat().st_size)

    def free_disk(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        running = self.hub.processes()
        for process in (one for part in ("web", *WORKERS) for one in running.get(part, [])):
            with suppress(psutil.NoSuchProcess):
                process.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def step_clock(self, seconds: float) -> None:
        """Changes what time of day the hub's processes believe it is; see stepped/sitecustomize.py."""
        new = self.clock.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.clock)

    # -- looking -----------------------------------------------------------------------------------------------------

    def jobs_failed(self) -> int:
        """How many background jobs RQ keeps as failed."""
        client = self.redis_client()
        return sum(client.zcard(f"rq:failed:{queue}") for queue in ("default", "cohorts", "fresh", "retry"))

    def last_words(self) -> str:
        """The end of each process's log."""
        logs = sorted((self.hub.data / "logs").iterdir())
        return "\n".join(f"-- {log.name}\n{log.read_text()[-MOST_WORDS:]}" for log in logs)

    # -- waiting -----------------------------------------------------------------------------------------------------

    def wait_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether it came to pass in time. A database that is away is asked again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Exception):
                if done():
                    return True
            time.sleep(0.25)
        return False


@dataclass
class Redis:
    """A server of its own, reached over TCP, that keeps nothing."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def scene(*, embedded: bool) -> Iterator[Scene]:
    """A hub with its five destinations on this machine; nothing of it is left after the block."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="streamhub-faults-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        record, clock = folder / "record", folder / "clock"
        record.touch()
        # A process of its own for the one that misbehaves: its work must not make the others look slow.
        faulty, healthy = stack.enter_context(_sink(record)), stack.enter_context(_sink(record))
        sinks = {name: faulty if name == FAULTY else healthy for name in DESTINATIONS}
        environment = {"PYTHONPATH": str(HERE / "stepped"), "FAULTS_CLOCK": str(clock)}
        database = server = None
        if not embedded:
            database = stack.enter_context(postgres.running())
            server = Redis(folder, free_port())
            stack.callback(server.stop)
            server.start()
            environment["REDIS_URL"] = f"redis://127.0.0.1:{server.port}"
        data = folder / "data"
        data.mkdir()
        hub = stack.enter_context(_hub(data, database.url if database else "", environment))
        yield Scene(hub, sinks, record, clock, database, server)


@contextmanager
def _sink(record: Path) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.sink", str(port), str(record)])
    try:
        wait_for(port, "/ready")
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def _hub(data: Path, database: str, environment: dict[str, str]) -> Iterator[Hub]:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    try:
        hub = start(data, "--no-demo", database=database, **environment)
        yield hub
        with suppress(subprocess.TimeoutExpired):
            hub.stop()
    finally:
        _end(data, before)


def _end(data: Path, before: set[int]) -> None:
    """Whatever of the hub still runs, orphans too: they name its folder, on the command line or in the environment."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            ours = process.environ().get("STREAMHUB_DATA") == str(data) or str(data) in process.cmdline()
            if ours and process.pid not in before and process.pid != os.getpid():
                process.send_signal(signal.SIGKILL)
                with suppress(psutil.TimeoutExpired):
                    process.wait(10)
