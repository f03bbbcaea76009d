"""One `up` at a time on a data folder, and how others learn of it."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another `up` holds the folder; the message says which."""


ADDRESS_FILE = "address"


def remember_address(data: Path, address: str) -> None:
    """Writes down "host:port" for other commands on the same folder."""
    (data / ADDRESS_FILE).write_text(address + "\n")


def address_of(data: Path) -> str:
    """The "host:port" of the `up` that runs, or ran last, on the folder; "" if there was none."""
    try:
        return (data / ADDRESS_FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def take(data: Path, address: str) -> IO[str]:
    """Locks DIR for the life of the returned file (and of children that inherit it). Raises AlreadyRunning."""
    file = open(data / "up.lock", "a+")  # noqa: SIM115 - held open on purpose
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        who = file.read().strip() or "another process"
        file.close()
        raise AlreadyRunning(
            f"StreamHub already runs on {data}: {who}. Stop it first, or give another folder with --data."
        ) from None
    file.seek(0)
    file.truncate()
    file.write(f"process {os.getpid()} at {address}\n")
    file.flush()
    return file
