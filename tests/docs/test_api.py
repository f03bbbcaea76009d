"""The page about the management API: its commands are run against a hub, its tables held against the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from events.models import Project
from events.roles import Role
from streamhub.api import answers, doors
from streamhub.api_tokens import make_token
from streamhub.scopes import AREAS, SCOPES

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_commands_do_what_they_say(live_server: LiveServer) -> None:
    project = Project.objects.create(name="Shop")
    token = make_token(project, name="Docs", role=Role.ADMIN, scopes=SCOPES)[1]
    environment = {"HUB": live_server.url, "TOKEN": token, "PATH": "/usr/bin:/bin"}
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        script = command.replace("curl ", "curl --silent --show-error --write-out '\\n%{http_code}' ", 1)
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=30)
        assert done.stdout.splitlines()[-1] in ("200", "201", "204"), (command, done.stdout, done.stderr)
    assert project.destinations.get().enabled


def test_the_table_of_scopes() -> None:
    table = PAGE.partition("<!-- scopes -->\n")[2].partition("<!-- /scopes -->")[0]
    rows = [(re.findall(r"`(.*?)`", row), row.split("|")[2].strip()) for row in table.splitlines()]
    assert [text for _, text in rows] == [area.text for area in AREAS]
    assert tuple(scope for scopes, _ in rows for scope in scopes) == SCOPES


def test_numbers() -> None:
    assert f"`limit` ({answers.USUAL}, at most {answers.MOST})" in PAGE
    assert f"more than {doors.MOST_BYTES // 2**20} MiB" in PAGE
    assert (f"more than {doors.MOST_REQUESTS} requests" in PAGE, doors.SECONDS) == (True, 60)
