"""A PostgreSQL server of one's own for a while: real, empty, in a folder that goes away."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """Runs a server inside the block and yields its DATABASE_URL. PostgreSQL refuses to run as root, so root lends it
    to the `postgres` user."""
    folder = programs()
    assert folder, "PostgreSQL is not installed"
    home = Path(tempfile.mkdtemp(prefix="streamhub-postgres-"))
    data, port = home / "data", free_port()
    user = _other_user()
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    try:
        _run(user, [str(folder / "initdb"), "-D", str(data), "-U", "hub", "--auth=trust", "-E", "UTF8", "--locale=C"])
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"port={port}", *settings))
        start = [str(folder / "pg_ctl"), "-D", str(data), "-l", str(home / "log"), "-w", "-o", options, "start"]
        _run(user, start)
        try:
            create = [str(folder / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "hub", "streamhub"]
            _run(user, create)
            yield f"postgres://hub@127.0.0.1:{port}/streamhub"
        finally:
            _run(user, [str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


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
