"""The processes of an embedded hub, as supervisor runs them."""

import os
import resource
import shlex
import sys
from configparser import RawConfigParser
from pathlib import Path

from django.conf import settings
from django.db import connection

MANAGE = settings.BASE_DIR / "manage.py"
CONNECTIONS = 4096  # that a web process holds at a time; those that only wait cost little


def web_command(host: str, port: int, workers: int = 1) -> list[str]:
    """granian, which never logs URLs, because they may hold keys. As it stops, requests under way are answered."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        *("--workers-kill-timeout", "20"),
        *("--no-ws", "--respawn-failed-workers", "--log-level", "warning"),
        *("--working-dir", str(settings.BASE_DIR)),
        "streamhub.asgi:application",
    ]


def programs(host: str, port: int, redis: list[str] | None) -> dict[str, list[str]]:
    """Name -> command, in the order of starting."""
    manage = [sys.executable, str(MANAGE)]
    found = {"redis": redis} if redis else {}
    fresh = {f"fresh-{n + 1}": [*manage, "worker", "fresh"] for n in range(fresh_workers())}
    return found | {
        "web": web_command(host, port),
        **fresh,
        "retry": [*manage, "worker", "retry"],
        "cohorts": [*manage, "worker", "cohorts"],
        "default": [*manage, "worker", "default"],
        "clock": [*manage, "clock"],
    }


def allow_many_connections() -> None:
    """Each takes a file, of which most systems allow a process a thousand unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def fresh_workers() -> int:
    """One on SQLite, which has one writer at a time. On PostgreSQL half as many as there are processors: the others are
    for the server itself, and for what comes in."""
    if settings.FRESH_WORKERS:
        return settings.FRESH_WORKERS
    if connection.vendor == "sqlite":
        return 1
    return max(1, min(4, (os.cpu_count() or 1) // 2))


def write_configuration(data: Path, commands: dict[str, list[str]]) -> Path:
    """supervisord's configuration: everything restarts when it dies, and Redis ends last."""
    (data / "logs").mkdir(exist_ok=True)
    parser = RawConfigParser()
    parser["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": str(data / "logs" / "supervisor.log"),
        "logfile_maxbytes": "5MB",
        "logfile_backups": "1",
        "pidfile": str(data / "supervisor.pid"),
        "childlogdir": str(data / "logs"),
    } | ({"user": "root"} if os.getuid() == 0 else {})  # said aloud, or supervisor warns
    for order, (name, command) in enumerate(commands.items()):
        parser[f"program:{name}"] = _program(data, name, command, order)
    path = data / "supervisor.conf"
    with path.open("w") as file:
        parser.write(file)
    return path


def _program(data: Path, name: str, command: list[str], order: int) -> dict[str, str]:
    return {
        "command": shlex.join(command).replace("%", "%%"),
        "directory": str(settings.BASE_DIR),
        "priority": str(order),
        "startsecs": "1",
        "startretries": "1000000",
        "autorestart": "true",
        "stopsignal": "TERM",
        "stopwaitsecs": "30",  # a worker finishes what is under way
        "stopasgroup": "false",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": str(data / "logs" / f"{name}.log"),
        "stdout_logfile_maxbytes": "5MB",
        "stdout_logfile_backups": "1",
    }
