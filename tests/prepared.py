"""What a new hub makes before it starts - tables, compressed styles and scripts - made once and copied from then on.

A run of the tests starts dozens of hubs, and each of its processes has a database; to make the tables one migration at
a time would cost every one of them several seconds of computing.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "STREAMHUB_TEST_PREPARED"
SQLITE = "streamhub.sqlite3"
SERVER = "server"  # the PostgreSQL server that has the template, which may outlive the tests
MAKE = """
from django.core.management import call_command
from streamhub import static_files
call_command("migrate", interactive=False, verbosity=0)
static_files.collect()
"""


def begin() -> Path:
    """The folder of what is prepared. Processes started from now on share it; it goes away with this one."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="streamhub-prepared-")
        atexit.register(_end, Path(os.environ[FOLDER]))
    return Path(os.environ[FOLDER])


def copy_database(path: Path) -> None:
    """A SQLite database with all tables."""
    with _alone() as folder:
        if not (folder / SQLITE).exists() or not (folder / "static").exists():
            _make(folder, f"sqlite:///{folder / SQLITE}")
    shutil.copyfile(folder / SQLITE, path)


def copy_static(path: Path) -> None:
    with _alone() as folder:
        if not (folder / "static").exists():
            _make(folder, f"sqlite:///{folder / SQLITE}")
    shutil.copytree(folder / "static", path)


@contextmanager
def database(settings: Mapping[str, Any], *, empty: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL database inside the block, with all tables unless `empty`. `settings`: Django's, of a
    database of that server."""
    server, name = _server(settings), f"hub_{uuid4().hex}"
    copied = "" if empty else f" TEMPLATE {template(settings)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{copied}")
        yield f"{server}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def template(settings: Mapping[str, Any]) -> str:
    """The name of a database on that server which has all tables."""
    server, name = _server(settings), _template_name()
    with _alone() as folder, psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            (folder / SERVER).write_text(server)
            # It gets the name by which others look for it when it is whole.
            connection.execute(f"CREATE DATABASE {name}_unfinished")
            _make(folder, f"{server}/{name}_unfinished")
            connection.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def _end(folder: Path) -> None:
    if (folder / SERVER).exists():
        url = f"{(folder / SERVER).read_text()}/postgres"
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_template_name()}")
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[Path]:
    """One of the processes that share the folder makes things, the others wait."""
    folder = begin()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _make(folder: Path, database: str) -> None:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "STREAMHUB_"))}
    variables |= {"STREAMHUB_DATA": str(folder), "DATABASE_URL": database}
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", MAKE]
    subprocess.run(command, env=variables, check=True)


def _template_name() -> str:
    return f"prepared_{begin().name.rpartition('-')[2].lower()}"


def _server(settings: Mapping[str, Any]) -> str:
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
