"""Management commands of one hub without a start of Python for each: a process loads the program once with the hub's
settings, and forks for every command that it reads from its input."""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Commands:
    """Starts with the first command. `environment`: of `manage.py`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: list[str]) -> str:
        """What it prints. Raises RuntimeError with all its words if it fails."""
        if self._process is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            command = [sys.executable, "-m", "tests.commands"]
            self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT, **pipes)  # type: ignore[call-overload]
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(arguments) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The process for commands ended with {process.wait()}.")
        status, printed, errors = json.loads(answer)
        if status:
            raise RuntimeError(printed + errors)
        return printed

    def end(self) -> None:
        if self._process:
            self._process.communicate()
            self._process = None


def _serve() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "streamhub.settings")
    import django

    from streamhub import loading

    loading.begin()
    django.setup()
    import streamhub.projects  # noqa: F401 - of which `apply` and most others are made

    # What children inherit is the end of a file, and not what stands in the buffer of this one.
    with os.fdopen(os.dup(0)) as given:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for line in given:
            print(json.dumps(_forked(json.loads(line))), flush=True)


def _forked(arguments: list[str]) -> tuple[int, str, str]:
    """(exit status, standard output, standard error)"""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if not child:
            os.dup2(printed.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            os._exit(_run(arguments))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status, _text(printed), _text(errors)


def _run(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    status = 0
    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _text(file: tempfile._TemporaryFileWrapper) -> str:  # type: ignore[type-arg]
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    _serve()
