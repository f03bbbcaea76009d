"""A PostgreSQL server of one's own for a while: real, empty, in a folder that goes away."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Like a server that is left as installed, but room for the connections of several test processes.
SETTINGS = ("listen_addresses=127.0.0.1", "max_connections=100", "shared_buffers=256MB", "unix_socket_directories=")


def programs() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest version installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A server's folder and port. PostgreSQL refuses to run as root, so root lends it to the `postgres` user."""

    home: Path
    port: int
    settings: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"postgres://hub@127.0.0.1:{self.port}/streamhub"

    @property
    def pid(self) -> int:
        """Of the postmaster, as it wrote it down."""
        return int((self.home / "data" / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"port={self.port}", *self.settings))
        self.run("pg_ctl", "-D", str(self.home / "data"), "-l", str(self.home / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.home / "data"), "-m", mode, "stop")

    def kill(self) -> None:
        """kill -9 of the postmaster. Its processes notice and end; until then no other may start."""
        os.kill(self.pid, signal.SIGKILL)

    def run(self, program: str, *arguments: str) -> None:
        folder = programs()
        assert folder, "PostgreSQL is not installed"
        _run(_other_user(), [str(folder / program), *arguments])


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """Runs a server inside the block and yields its DATABASE_URL."""
    with running(*settings) as one:
        yield one.url


@contextmanager
def running(*settings: str) -> Iterator[Server]:
    """Like `server`, for those who want to stop and start it on the way."""
    one = Server(Path(tempfile.mkdtemp(prefix="streamhub-postgres-")), free_port(), settings)
    if user := _other_user():
        os.chown(one.home, user.pw_uid, user.pw_gid)
    try:
        one.run("initdb", "-D", str(one.home / "data"), "-U", "hub", "--auth=trust", "-E", "UTF8", "--locale=C")
        one.start()
        try:
            one.run("createdb", "-h", "127.0.0.1", "-p", str(one.port), "-U", "hub", "streamhub")
            yield one
        finally:
            one.stop()
    finally:
        shutil.rmtree(one.home, ignore_errors=True)


def _other_user() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.getuid() == 0 else None


def _run(user: pwd.struct_passwd | None, command: list[str]) -> None:
    lent = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    done = subprocess.run(
        command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **lent
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
