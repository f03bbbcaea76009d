"""What tests ask of a real Node.js."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NODE = shutil.which("node")
FOLDER = Path(__file__).parent
needs_node = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


@contextmanager
def started(script: str, *arguments: str) -> Iterator["Lines"]:
    """A script that answers each line of its input with one line, for as long as the block runs."""
    assert NODE
    command = [NODE, str(FOLDER / script), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Lines(process)


class Lines:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process

    def ask(self, lines: Iterable[bytes]) -> list[bytes]:
        """Their answers. A few hundred lines at once at most: a pipe holds no more."""
        given = list(lines)
        assert self.process.stdin
        self.process.stdin.write(b"".join(line + b"\n" for line in given))
        self.process.stdin.flush()
        return [self.line() for _ in given]

    def line(self) -> bytes:
        """What it says next."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip(b"\n")
