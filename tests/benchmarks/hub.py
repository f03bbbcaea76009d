"""A real hub for a measurement: `up` in a folder of its own, and the CPU seconds and memory of its processes."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Hub:
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    database: psutil.Process | None = None

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments, "--data", str(self.data)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def apply(self, declaration: dict[str, object]) -> None:
        path = self.data / "bench.yaml"
        path.write_text(yaml.safe_dump(declaration))
        self.manage("apply", str(path))

    def processes(self) -> dict[str, list[psutil.Process]]:
        """By part of the hub; the database's own processes among them."""
        found: dict[str, list[psutil.Process]] = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            found.setdefault(_part(process), []).append(process)
        if self.database:
            found["postgresql"] = [self.database, *self.database.children()]
        return found

    def cpu_seconds(self) -> dict[str, float]:
        return {part: sum(sum(p.cpu_times()[:2]) for p in processes) for part, processes in self.processes().items()}

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
    with tempfile.TemporaryDirectory(prefix="streamhub-hub-") as folder:
        variables = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "STREAMHUB_DATA")}
        variables |= {"STREAMHUB_ALLOWED_NETWORKS": "127.0.0.0/8"} | environment
        if database:
            variables["DATABASE_URL"] = database
        port = free_port()
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--data", folder, "--no-demo"]
        process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
        running = Hub(port, Path(folder), process, variables, database_process)
        try:
            wait_for(port, "/readyz")
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


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
