"""No template hangs, exhausts memory, reaches Python or raises anything but `TemplateError`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.destinations.jinja.bombs import ATTACKS

ROOT = Path(__file__).parents[3]
SECONDS = 5
KIB = 128 * 1024


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, object]]:
    """Every attack in a process of its own, so that its peak of memory is its own."""
    command = [sys.executable, "-m", "tests.destinations.jinja.bombs"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_ends_in_words(outcomes: dict[str, dict[str, object]], name: str) -> None:
    outcome = outcomes[name]

    assert outcome["outcome"] in ATTACKS[name][1].split()
    assert outcome["seconds"] < SECONDS
    assert outcome["kib"] < KIB
