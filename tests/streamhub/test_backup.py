"""A backup taken while the hub runs, restored into another hub that delivers what had not been delivered."""

import http.client
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from events.models import AuditEntry
from tests import postgres, prepared
from tests.hub import Hub, start
from tests.receiver import receiver
from tests.streamhub.test_half_sent import KEY
from tests.streamhub.test_up import database, wait_until  # noqa: F401 - a fixture

DELIVERED, WAITING = 50, 150
PAUSE = (
    "from destinations.models import Destination; from django.utils.timezone import now; "
    "Destination.objects.update(paused_at={})"
)


@pytest.fixture
def other_database(database: str) -> Iterator[str]:  # noqa: F811
    if not database:
        yield ""
        return
    with prepared.database(settings.DATABASES["default"], empty=True) as url:
        yield url


@pytest.mark.processes
@pytest.mark.timeout(240)
def test_a_restored_hub_delivers_what_was_waiting(tmp_path: Path, database: str, other_database: str) -> None:  # noqa: F811
    first, second, copy = tmp_path / "first", tmp_path / "second", tmp_path / "copy"
    first.mkdir()
    second.mkdir()
    with receiver() as hook:
        running = start(first, "--no-demo", database=database)
        try:
            header = {"name": "Authorization", "value": "Bearer sesame", "secret": True}
            hooks = [{"name": "Hook", "url": hook.url, "enabled": True, "headers": [header]}]
            running.apply({"projects": [{"name": "Shop", "api_key": KEY, "destinations": hooks}]})
            _post(running, range(DELIVERED))
            wait_until(lambda: len(hook.requests) == DELIVERED)
            wait_until(lambda: running.deliveries("Shop").get("delivered") == DELIVERED)
            running.manage("shell", "--no-imports", "-c", PAUSE.format("now()"))
            _post(running, range(DELIVERED, DELIVERED + WAITING))
            _back_up(running, database, copy)
        finally:
            running.stop()
        _restore(copy, first, second, other_database)
        running = start(second, "--no-demo", database=other_database)
        try:
            running.manage("shell", "--no-imports", "-c", PAUSE.format("None"))
            wait_until(lambda: len(hook.requests) == DELIVERED + WAITING)
            wait_until(lambda: running.deliveries("Shop") == {"delivered": DELIVERED + WAITING})
        finally:
            running.stop()
    numbers = [orjson.loads(body)["event_properties"]["number"] for body in hook.bodies]
    assert sorted(numbers) == list(range(DELIVERED + WAITING))
    assert {dict(request.headers).get("Authorization") for request in hook.requests} == {"Bearer sesame"}


def _back_up(running: Hub, database: str, copy: Path) -> None:  # noqa: F811
    """As docs/operating.md says."""
    if not database:
        running.manage("backup", str(copy))
        assert copy.stat().st_mode & 0o777 == 0o600
        return
    _postgres("pg_dump", "--format=custom", f"--file={copy}", database)


def _restore(copy: Path, first: Path, second: Path, database: str) -> None:  # noqa: F811
    shutil.copy(first / "keys.env", second / "keys.env")
    if database:
        _postgres("pg_restore", "--no-owner", f"--dbname={database}", str(copy))
    else:
        shutil.copy(copy, second / "streamhub.sqlite3")


def _postgres(program: str, *arguments: str) -> None:
    folder = postgres.programs()
    assert folder
    subprocess.run([folder / program, *arguments], check=True, capture_output=True)


def _post(running: Hub, numbers: range) -> None:
    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    events = [{"event_type": "Order Placed", "user_id": "user-1", "event_properties": {"number": n}} for n in numbers]
    line.request("POST", "/2/httpapi", orjson.dumps({"api_key": KEY, "events": events}))
    assert line.getresponse().status == 200
    line.close()


@pytest.mark.django_db(transaction=True)
def test_the_audit_trail_has_it(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        call_command("backup", tmp_path / "copy")
        entry = AuditEntry.objects.get(action="backed up the database")
        assert (entry.by_name, entry.object_name) == ("the command backup", "copy")


@pytest.mark.django_db
def test_words_where_no_copy_can_be_made(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("something")
    wanted = "exists already" if connection.vendor == "sqlite" else "use pg_dump"
    with pytest.raises(CommandError, match=wanted):
        call_command("backup", there)
    assert there.read_text() == "something"
