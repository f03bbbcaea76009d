"""A flame graph of a worker while it works, by py-spy."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hub import Hub

PY_SPY = Path(sys.executable).with_name("py-spy")


@contextmanager
def flame(running: Hub, file: Path) -> Iterator[None]:
    """Looks 200 times a second at the worker that has used most of the processor, and draws an SVG in the end.

    It needs the right to look into other processes: root, or a system that lets parents do it.
    """
    worker = max(running.processes()["worker fresh"], key=lambda process: sum(process.cpu_times()[:2]))
    command = [str(PY_SPY), "record", "--pid", str(worker.pid), "--output", str(file), "--rate", "200", "--nonblocking"]
    with subprocess.Popen([*command, "--subprocesses"], stderr=subprocess.PIPE, text=True) as spy:
        try:
            yield
        finally:
            spy.send_signal(signal.SIGINT)
            _, said = spy.communicate(timeout=60)
    if not file.exists():
        raise SystemExit(f"py-spy drew nothing:\n{said}")
    print(f"Flame graph of a worker: {file}")
