import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from streamhub import embedded_redis, first_run, running, static_files
from streamhub.checks import refuse_to_start
from streamhub.processes import allow_many_connections, programs, write_configuration

START_SECONDS = 60


class Command(BaseCommand):
    requires_system_checks = [Tags.security]  # of the settings; others load every page to look at the program
    help = (
        "Runs the whole hub on this machine: web, workers, clock, and a private Redis unless REDIS_URL is set. "
        "All state stands in the folder given with --data (default: ./data). Ctrl-C ends everything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: %(default)s).")
        parser.add_argument("--port", type=int, default=8000, help="Port to listen on (default: %(default)s).")
        parser.add_argument("--no-demo", action="store_true", help="Do not create the demo project on first run.")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_start(options["host"])
        data: Path = settings.DATA_DIR
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        address = own_address(options["host"], options["port"])
        try:
            lock = running.take(data, f"http://{address}")
        except running.AlreadyRunning as error:
            raise CommandError(str(error)) from None
        self._refuse_a_busy_port(options["host"], options["port"])
        redis = self._redis_command(data)
        login = self._prepare(address, demo=not options["no_demo"])
        self._tell("Starting …")
        self._supervise(lock, programs(options["host"], options["port"], redis), address, login)

    def _refuse_a_busy_port(self, host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Cannot listen on {host}:{port} ({error.strerror}). "
                    "Choose another port: --port 8001, or make run PORT=8001."
                ) from None

    def _redis_command(self, data: Path) -> list[str] | None:
        if os.environ.get("REDIS_URL"):
            return None
        server = embedded_redis.program()
        if server is None:
            raise CommandError("No redis-server found. Install Redis, or set REDIS_URL to one that runs.")
        return embedded_redis.command(server, data)

    def _prepare(self, address: str, *, demo: bool) -> first_run.Login | None:
        self._tell("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        static_files.collect()
        running.remember_address(settings.DATA_DIR, address)
        settings.INBOX_ADDRESS = address
        login = first_run.create_administrator()
        first_run.create_projects(address, demo=demo)
        connection.close()
        return login

    def _supervise(
        self, lock: IO[str], commands: dict[str, list[str]], address: str, login: first_run.Login | None
    ) -> None:
        allow_many_connections()
        configuration = write_configuration(settings.DATA_DIR, commands)
        environment = os.environ | {"STREAMHUB_DATA": str(settings.DATA_DIR)}
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches only this process, which ends the others in order
            pass_fds=[lock.fileno()],  # while they live, the folder stays taken
        )
        stopper = Stopper(supervisor)
        if ready := self._wait_until_ready(supervisor, address):
            first_run.send_demo_events()
            connection.close()
        if supervisor.poll() is None:  # ready or not: the password is shown this once
            self._announce(address, login, ready=ready)
        supervisor.wait()
        if not stopper.asked:
            raise CommandError(f"The hub ended by itself. See {settings.DATA_DIR / 'logs'}.")
        self._tell("Stopped.")

    def _wait_until_ready(self, supervisor: subprocess.Popen[bytes], address: str) -> bool:
        end, answer = time.monotonic() + START_SECONDS, "web does not answer"
        while time.monotonic() < end and supervisor.poll() is None:
            try:
                with urllib.request.urlopen(f"http://{address}/readyz", timeout=5):
                    return True
            except urllib.error.HTTPError as error:
                answer = error.read(1_000).decode(errors="replace")
            except OSError:
                pass
            time.sleep(0.1)
        if supervisor.poll() is None:
            self._tell(f"Not ready after {START_SECONDS} s: {answer} See {settings.DATA_DIR / 'logs'}.")
        return False

    def _announce(self, address: str, login: first_run.Login | None, *, ready: bool) -> None:
        lines = ["", f"  StreamHub {'is ready at ' if ready else 'will be at  '} http://{address}/"]
        if login:
            lines += [f"  Sign in as             {login.name}", f"  with the password      {login.password}"]
            again = [sys.executable, sys.argv[0], "changepassword", login.name, "--data", str(settings.DATA_DIR)]
            lines += ["  (shown this once; change it under your name, or with:", f"  {shlex.join(again)})"]
        lines += [f"  Data and logs          {settings.DATA_DIR}", "  Ctrl-C ends it.", ""]
        self._tell("\n".join(lines))

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def own_address(host: str, port: int) -> str:
    """By which this machine reaches what listens on `host`: to ask whether it is ready, and for the demo's inbox."""
    itself = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{itself}]:{port}" if ":" in itself else f"{itself}:{port}"


class Stopper:
    """Turns Ctrl-C and SIGTERM into one orderly end: supervisor stops each process, Redis last."""

    def __init__(self, supervisor: subprocess.Popen[bytes]) -> None:
        self.supervisor, self.asked = supervisor, False
        signal.signal(signal.SIGINT, self)
        signal.signal(signal.SIGTERM, self)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            self.supervisor.terminate()
