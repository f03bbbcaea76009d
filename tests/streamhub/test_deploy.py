"""What stands in deploy/, Dockerfile and compose.yaml: its commands exist and run, its variables are read."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from configparser import RawConfigParser
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson
import pytest
import yaml
from cryptography.fernet import Fernet
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from streamhub import embedded_redis
from tests.hub import ROOT, free_port, wait_for, without_settings
from tests.receiver import receiver
from tests.streamhub.test_half_sent import KEY
from tests.streamhub.test_up import database, wait_until  # noqa: F401 - a fixture

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
KUBERNETES = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/streamhub.yaml").read_text()))
DOCKERFILE = (ROOT / "Dockerfile").read_text()
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
# Of the tools around us.
FOREIGN = {
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "STREAMHUB_PORT",
}


def deployments() -> dict[str, dict]:
    found = [one for one in KUBERNETES if one["kind"] in ("Deployment", "Job")]
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in found}


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser


def commands() -> Iterator[tuple[str, list[str]]]:
    """(where, words after manage.py) of each process."""
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "streamhub":
            yield f"compose.yaml {name}", service["command"]
    for name, pod in deployments().items():
        yield f"kubernetes {name}", pod["containers"][0]["args"]
    for path in UNITS:
        for line in re.findall(r"^ExecStart=.*manage\.py (.*)$", path.read_text(), re.MULTILINE):
            for instance in ("retry", "cohorts", "default") if "%i" in line else ("",):
                yield path.name, shlex.split(line.replace("%i", instance))
    yield "Dockerfile", json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[0])
    yield "Dockerfile", shlex.split(re.findall(r"manage\.py (collectstatic.*)$", DOCKERFILE, re.MULTILINE)[0])


@pytest.mark.parametrize(("where", "words"), list(commands()))
def test_commands_and_their_options_exist(where: str, words: list[str]) -> None:
    name, *arguments = words
    command = load_command_class(get_commands()[name], name)
    parsed = command.create_parser("manage.py", name).parse_args(arguments)
    assert getattr(parsed, "host", "0.0.0.0") in ("0.0.0.0", "127.0.0.1")


def test_every_queue_has_a_worker_and_there_is_a_clock() -> None:
    by_place: dict[str, set[str]] = {}
    for where, words in commands():
        by_place.setdefault(where.split()[0].partition("-")[0], set()).add(
            " ".join(words[:2] if "worker" in words else words[:1])
        )
    wanted = {"web", "clock", "migrate", *(f"worker {queue}" for queue in ("fresh", "retry", "cohorts", "default"))}
    for place in ("compose.yaml", "kubernetes", "streamhub"):
        assert wanted <= by_place[place]


def variables() -> dict[str, set[str]]:
    text = lambda path: (ROOT / path).read_text()  # noqa: E731
    values = (*COMPOSE["x-hub"]["environment"].items(),)
    config = [one for one in KUBERNETES if one["kind"] in ("ConfigMap", "Secret")]
    return {
        "compose.yaml": {name for name, _ in values} | set(re.findall(r"\$\{(\w+)", text("compose.yaml"))),
        "compose.env": set(re.findall(r"^(\w+)=", text("deploy/compose.env"), re.MULTILINE)),
        "systemd": set(re.findall(r"^(\w+)=", text("deploy/systemd/streamhub.env"), re.MULTILINE)),
        "kubernetes": {name for one in config for name in one.get("data", one.get("stringData"))},
        "Dockerfile": set(re.findall(r"([A-Z_]{4,})=", DOCKERFILE)),
    }


@pytest.mark.parametrize("place", variables())
def test_variables_are_read(place: str) -> None:
    listed = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert variables()[place] - listed - FOREIGN == set()


def test_what_compose_asks_for_is_in_its_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert variables()["compose.env"] == wanted


def test_nothing_runs_as_root() -> None:
    stages = DOCKERFILE.split("FROM ")
    assert re.findall(r"^USER (\w+)$", stages[-1], re.MULTILINE) == ["streamhub"]
    assert all(pod["securityContext"]["runAsNonRoot"] for pod in deployments().values())
    assert {unit(path)["Service"]["User"] for path in UNITS} == {"streamhub"}


def test_each_process_has_time_to_finish_what_is_under_way() -> None:
    needed = 30  # what a worker may take (processes.py)
    hub = [one for one in COMPOSE["services"].values() if one.get("image") == "streamhub"]
    assert all(int(one["stop_grace_period"].removesuffix("s")) > needed for one in hub)
    pods = [one["spec"]["template"]["spec"] for one in KUBERNETES if one["kind"] == "Deployment"]
    assert all(pod["terminationGracePeriodSeconds"] > needed for pod in pods)
    services = [unit(path)["Service"] for path in UNITS]
    assert all(int(one["TimeoutStopSec"]) > needed for one in services if one.get("Type") != "oneshot")


def test_probes_and_proxies_lead_somewhere() -> None:
    web = deployments()["streamhub-web"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert resolve(web[probe]["httpGet"]["path"]).url_name in ("healthz", "readyz")
    proxy = (ROOT / "deploy/nginx/streamhub.conf").read_text()
    assert proxy.count("{") == proxy.count("}")
    server, port = re.findall(r"server (\w+):(\d+);", proxy)[0]
    words = COMPOSE["services"][server]["command"]
    assert words[words.index("--port") + 1] == port
    assert "proxy_request_buffering on;" in proxy


def test_the_image_has_the_pictures_of_the_help_pages() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {"docs", "docs/images", "templates", "deploy/"}.isdisjoint(left_out)
    assert {".env", "data", ".venv", ".git"} <= set(left_out)


def test_a_proxy_before_the_proxy_may_end_tls() -> None:
    """X-Forwarded-Proto: https has to come through, or SECURE_SSL_REDIRECT leads to the same page again."""
    proxy = (ROOT / "deploy/nginx/streamhub.conf").read_text()
    variable = re.findall(r"map \$http_x_forwarded_proto \$(\w+) {\s+default \$scheme;\s+https https;", proxy)
    assert re.findall(r"X-Forwarded-Proto \$(\w+);", proxy) == variable


def test_the_target_starts_units_that_exist() -> None:
    wanted = re.findall(r"[\w@-]+\.service", (ROOT / "deploy/systemd/streamhub.target").read_text())
    there = {path.name for path in UNITS}
    assert {re.sub(r"@\w+", "@", name) for name in wanted} <= there


def test_images_are_plain_names_and_files_exist() -> None:
    images = [one["image"] for one in COMPOSE["services"].values()] + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )
    images += [pod["containers"][0]["image"] for pod in deployments().values()]
    assert [image for image in images if "/" in image] == []
    for name in ("requirements.txt", "requirements-traces.txt", "manage.py"):
        assert name in DOCKERFILE
        assert (ROOT / name).exists()


class Processes:
    """The commands of compose.yaml, one by one, without containers."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment, self.running = environment, ExitStack()
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def once(self, *words: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, words: list[str]) -> None:
        process = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), *words], env=self.environment)
        self.running.callback(process.kill)
        self.started[name] = process

    def stop(self) -> dict[str, int]:
        for process in self.started.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(60) for name, process in self.started.items()}


@contextmanager
def redis_over_tcp(data: Path) -> Iterator[str]:
    program = embedded_redis.program()
    assert program
    port, password = free_port(), "sesame"
    command = [program, "--port", str(port), "--requirepass", password, "--dir", str(data), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.processes
@pytest.mark.timeout(240)
def test_the_commands_of_compose_make_a_hub_that_stops_in_order(tmp_path: Path, database: str) -> None:  # noqa: F811
    port = free_port()
    with receiver() as hook, redis_over_tcp(tmp_path) as redis:
        environment = without_settings(os.environ) | {
            "DATABASE_URL": database or f"sqlite:///{tmp_path / 'hub.sqlite3'}",
            "REDIS_URL": redis,
            "SECRET_KEY": "k" * 60,
            "STREAMHUB_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "STREAMHUB_DATA": str(tmp_path / "data"),
            "STREAMHUB_STATIC": str(tmp_path / "static"),
            "STREAMHUB_ALLOWED_NETWORKS": "127.0.0.0/8",
            "STREAMHUB_LOG_FORMAT": "json",
        }
        hub = Processes(environment)
        with hub.running:
            hub.once("collectstatic", "--noinput", "--verbosity", "0")
            assert (tmp_path / "static/staticfiles.json").exists()
            hub.once(*COMPOSE["services"]["migrate"]["command"])
            declared = tmp_path / "hub.yaml"
            destination = {"name": "Hook", "url": hook.url, "enabled": True}
            declared.write_text(
                yaml.safe_dump({"projects": [{"name": "Shop", "api_key": KEY, "destinations": [destination]}]})
            )
            hub.once("apply", str(declared))
            for name, service in COMPOSE["services"].items():
                if service.get("image") == "streamhub" and name != "migrate":
                    words = [{"8000": str(port), "0.0.0.0": "127.0.0.1"}.get(word, word) for word in service["command"]]
                    hub.start(name, words)
            wait_for(port, "/readyz?all=1")
            _post(port, 200)
            wait_until(lambda: len(hook.requests) >= 200)
            began = time.monotonic()
            assert set(hub.stop().values()) == {0}
            assert time.monotonic() - began < 30
        numbers = [orjson.loads(body)["event_properties"]["number"] for body in hook.bodies]
        assert sorted(numbers) == list(range(200))


def _post(port: int, count: int) -> None:
    import http.client

    events = [
        {"event_type": "Order Placed", "user_id": "user-1", "event_properties": {"number": number}}
        for number in range(count)
    ]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/2/httpapi", orjson.dumps({"api_key": KEY, "events": events}))
    assert connection.getresponse().status == 200
    connection.close()
