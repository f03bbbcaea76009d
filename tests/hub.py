"""A real hub for a test or a measurement: `up` in a folder of its own, and what its processes use."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import yaml

from tests import prepared
from tests.commands import Commands

READY = "StreamHub is ready"
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Hub:
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    database: psutil.Process | None = None
    commands: Commands = field(init=False)

    def __post_init__(self) -> None:
        self.commands = Commands(self.environment | {"STREAMHUB_DATA": str(self.data)})

    def manage(self, *arguments: str) -> str:
        return self.commands.run(list(arguments))

    def apply(self, declaration: dict[str, object]) -> None:
        path = self.data / "bench.yaml"
        path.write_text(yaml.safe_dump(declaration))
        self.manage("apply", str(path))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return query(self.environment.get("DATABASE_URL", ""), self.data, sql)

    def deliveries(self, project: str) -> dict[str, int]:
        """How many a project has in each state, as the log has them."""
        counted = self.query(
            "SELECT d.state, count(*) FROM delivery_delivery d JOIN events_project p ON p.id = d.project_id "
            f"WHERE p.name = '{project}' GROUP BY d.state"
        )
        return dict(counted)

    @property
    def printed(self) -> str:
        return (self.data / "printed").read_text()

    def stop(self) -> int:
        """One SIGTERM, and the exit status once all processes have ended."""
        self.commands.end()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(90)

    def processes(self) -> dict[str, list[psutil.Process]]:
        """By part of the hub; the database's own processes among them."""
        found: dict[str, list[psutil.Process]] = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            found.setdefault(_part(process), []).append(process)
        if self.database:
            found["postgresql"] = [self.database, *self.database.children()]
        return found

    def cpu_seconds(self) -> dict[str, float]:
        """By part, with the time of children that have ended."""
        return {part: sum(sum(p.cpu_times()[:4]) for p in processes) for part, processes in self.processes().items()}

    def memory(self) -> dict[str, int]:
        """Resident bytes by part, shared pages counted in each (PostgreSQL's are mostly shared)."""
        return {part: sum(p.memory_info().rss for p in processes) for part, processes in self.processes().items()}


def _part(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    for part in ("worker fresh", "worker retry", "worker default", "clock", "granian", "redis-server", "supervisord"):
        if part in words:
            return "web" if part == "granian" else part
    return "other"


@contextmanager
def hub(database: str = "", database_process: psutil.Process | None = None, **environment: str) -> Iterator[Hub]:
    """Runs a hub without demo data inside the block. `database`: a DATABASE_URL, or "" for SQLite."""
    with tempfile.TemporaryDirectory(prefix="streamhub-hub-", ignore_cleanup_errors=True) as folder:
        running = start(Path(folder), "--no-demo", database=database, **environment)
        running.database = database_process
        try:
            yield running
        finally:
            running.stop()


def start(
    data: Path, *arguments: str, database: str = "", port: int = 0, empty: bool = False, **environment: str
) -> Hub:
    """Starts `up` on a folder and waits until it is ready; what it prints stands in DIR/printed. A new folder gets what
    `up` would make first as a copy, unless it is to stay `empty`."""
    if not empty:
        _prepare(data, database)
    variables = without_settings(os.environ)
    variables |= {"STREAMHUB_ALLOWED_NETWORKS": "127.0.0.0/8"} | environment
    if database:
        variables["DATABASE_URL"] = database
    port = port or free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--data", str(data), *arguments]
    with (data / "printed").open("ab") as printed:
        process = subprocess.Popen(command, env=variables, stdout=printed, stderr=subprocess.STDOUT)
    running = Hub(port, data, process, variables)
    already = running.printed.count(READY)
    end = time.monotonic() + 90
    while running.printed.count(READY) == already:
        if process.poll() is not None or time.monotonic() > end:
            process.terminate()
            raise RuntimeError(f"The hub did not start:\n{running.printed}")
        time.sleep(0.05)
    return running


def _prepare(data: Path, database: str) -> None:
    if not database and not (data / prepared.SQLITE).exists():
        prepared.copy_database(data / prepared.SQLITE)
    if not (data / "static").exists():
        prepared.copy_static(data / "static")


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would make a hub of a test's own into another one."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PYTHONDONTWRITEBYTECODE")
    # Django's own too: browser tests before this one leave DJANGO_ALLOW_ASYNC_UNSAFE behind in their process.
    return {k: v for k, v in environment.items() if k not in ours and not k.startswith(("DJANGO_", "STREAMHUB_"))}


def query(url: str, data: Path, sql: str) -> list[tuple[Any, ...]]:
    """Reads a hub's database directly, so that looking costs the hub nothing. `url`: as in DATABASE_URL, or "" for the
    SQLite file in its folder."""
    if url:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute(sql).fetchall()
    with closing(sqlite3.connect(f"file:{data / prepared.SQLITE}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(sql).fetchall()


def wait_for(port: int, path: str, seconds: float = 60) -> None:
    """Until the address answers 200."""
    end = time.monotonic() + seconds
    while True:
        try:
            if get(port, path)[0] == 200:
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise RuntimeError(f"127.0.0.1:{port}{path} did not answer within {seconds:g} s")
        time.sleep(0.05)


def get(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
