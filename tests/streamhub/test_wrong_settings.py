"""What an operator reads whose settings, or what they lead to, are not as they must be: words, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError
from redis.exceptions import ConnectionError as RedisAway

from streamhub import environment
from streamhub.faults_in_words import in_words
from streamhub.keys import load_keys
from streamhub.management.commands.up import own_address
from tests.hub import ROOT, without_settings


@pytest.mark.parametrize(
    ("read", "value", "words"),
    [
        (environment.switch, "ture", "X is “ture”. Write true or false."),
        (environment.number, "many", "X is “many”. Write a whole number."),
        (environment.number, "-1", "X is “-1”. Write a whole number."),
        (environment.networks, "10.0.0.1/8", "X: “10.0.0.1/8” is not a network."),
        (environment.database, "nonsense", "X names no database that the hub can use. Write postgres://"),
        (environment.database, "mysql://root:sesame@127.0.0.1/hub", "X names no database that the hub can use."),
        (environment.redis_address, "127.0.0.1:6379", "X is no address of a Redis. Write redis://"),
    ],
)
def test_a_value_that_cannot_be(read, value, words, monkeypatch):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read("X", *([0] if read is environment.number else [""] if read is not environment.switch else []))
    assert str(caught.value).startswith(words)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("On", True), (" 1 ", True), ("no", False), ("", False)])
def test_switches(value, meant, monkeypatch):
    monkeypatch.setenv("X", value)
    assert environment.switch("X") is meant
    monkeypatch.delenv("X")
    assert environment.switch("X", otherwise=True)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImproperlyConfigured("X is wrong."), "X is wrong."),
        (OperationalError("connection refused\n\tIs it running?"), "does not take this (connection refused)"),
        (OperationalError("no such table: events_project"), "Run “manage.py migrate”"),
        (ProgrammingError('relation "events_project" does not exist\nLINE 1'), "Run “manage.py migrate”"),
        (RedisAway("Error 111 connecting"), "Check that it runs, and REDIS_URL."),
    ],
)
def test_what_is_around_the_hub(error, words):
    assert words in (in_words(error) or "")


def test_our_own_bugs_stay_tracebacks():
    assert in_words(ProgrammingError("syntax error")) is None
    assert in_words(ValueError("x")) is None


def test_a_folder_that_cannot_be_used(tmp_path: Path, monkeypatch):
    for name in ("SECRET_KEY", "STREAMHUB_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"cannot be used .*--data"):
        load_keys(tmp_path / "file")


@pytest.mark.parametrize(
    ("host", "itself"),
    [
        ("0.0.0.0", "127.0.0.1:8000"),
        ("::", "[::1]:8000"),
        ("10.0.0.5", "10.0.0.5:8000"),
        ("hub", "hub:8000"),
    ],
)
def test_the_address_by_which_the_machine_reaches_itself(host, itself):
    assert own_address(host, 8000) == itself


def test_a_command_ends_with_the_words_alone(tmp_path: Path):
    environment = without_settings(os.environ) | {"DATABASE_URL": "mysql://root:sesame@127.0.0.1/hub"}
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--data", str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL names no database")
    assert "Traceback" not in ended.stderr
    assert "sesame" not in ended.stderr
