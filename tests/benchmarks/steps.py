"""CPU per event by step of the road - parse, store, route, claim, render, send, record - in one process, one thread.

python -m tests.benchmarks steps [--database sqlite|postgresql] [--events N] [--profile FILE]
"""

import argparse
import cProfile
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests import postgres
from tests.benchmarks.document import write_table

STEPS = ("parse", "store", "route", "claim", "render", "send", "record")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="steps", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    parser.add_argument("--profile", help="write cProfile's figures of the delivering loop here")
    options = parser.parse_args(arguments)
    if options.database == "sqlite" or os.environ.get("DATABASE_URL"):
        measure(options)
        return
    with postgres.server() as url:  # settings are read once, so the measuring process is a new one
        command = [sys.executable, "-m", "tests.benchmarks", "steps", *arguments]
        subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=True)


class Meter:
    """CPU seconds of this process inside the functions it wraps, without those of wrapped functions within."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.inner = [0.0]

    def wrap(self, owner: Any, name: str, step: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def measured(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            self.inner.append(0.0)
            try:
                return original(*args, **kwargs)
            finally:
                spent = time.process_time() - began
                self.seconds[step] += spent - self.inner.pop()
                self.inner[-1] += spent

        setattr(owner, name, measured)


def measure(options: argparse.Namespace) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.benchmarks.destination import KEY, declaration
    from tests.benchmarks.road import sink

    with sink() as port, _redis():
        _apply(declaration(port, 1))
        meter = Meter()
        at_first = _database_seconds()
        ingested = _ingest(meter, KEY, options.events)
        between = _database_seconds()
        delivered = _deliver(meter, options.profile)
        at_last = _database_seconds()
    figures = {step: meter.seconds[step] for step in STEPS} | {
        "all of ingest": ingested,
        "all of delivering": delivered,
        "the database's processes, while ingesting": between - at_first,
        "the database's processes, while delivering": at_last - between,
    }
    lines = ["| step | µs of CPU |", "| --- | ---: |"]
    lines += [f"| {step} | {seconds / options.events * 1e6:.1f} |" for step, seconds in figures.items()]
    print(f"\n{options.database}, {options.events:,} events in batches of 100", *lines, sep="\n")
    if options.document:
        write_table("steps", lines)


def _database_seconds() -> float:
    """CPU of the PostgreSQL server's processes; 0 for SQLite, which works in ours."""
    from tests.benchmarks.road import postmaster

    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return 0.0
    server = postmaster(url)
    return sum(sum(process.cpu_times()[:4]) for process in (server, *server.children()))


@contextmanager
def _redis() -> Iterator[None]:
    """The one that an embedded hub has."""
    from django.conf import settings

    from streamhub import embedded_redis

    server = embedded_redis.program()
    assert server, "there is no redis-server"
    with subprocess.Popen(embedded_redis.command(server, settings.DATA_DIR), stdout=subprocess.DEVNULL) as process:
        try:
            while not embedded_redis.socket_path(settings.DATA_DIR).exists():
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


def _apply(declaration: dict[str, Any]) -> None:
    from pathlib import Path

    import yaml
    from django.conf import settings

    from streamhub.declaration import Declaration
    from streamhub.projects import apply

    file = Path(settings.DATA_DIR) / "bench.yaml"
    file.write_text(yaml.safe_dump(declaration))
    apply(Declaration.read(file))


def _ingest(meter: Meter, key: str, count: int) -> float:
    import orjson
    from django.test import Client

    from events.dialects import amplitude_upload as dialect
    from tests.benchmarks.publisher import event

    meter.wrap(dialect, "accept", "store")
    client = Client()
    bodies = [
        orjson.dumps({"api_key": key, "events": [event(n) for n in range(i, i + 100)]}) for i in range(0, count, 100)
    ]
    began = time.process_time()
    for body in bodies:
        answer = client.post("/2/httpapi", body, content_type="application/json", headers={"host": "localhost"})
        assert answer.status_code == 200, answer.content
    spent = time.process_time() - began
    meter.seconds["parse"] = spent - meter.seconds["store"]
    return spent


def _deliver(meter: Meter, profile: str | None) -> float:
    from django.conf import settings

    from delivery import lanes, recorder
    from delivery.models import Delivery, State
    from delivery.requests import RequestBuilder
    from delivery.transports import make_transport

    transport = make_transport("curl", allowed_networks=settings.ALLOWED_NETWORKS)
    meter.wrap(lanes.Router, "route", "route")
    meter.wrap(lanes, "claim", "claim")
    meter.wrap(RequestBuilder, "build", "render")
    meter.wrap(type(transport), "wait", "send")
    meter.wrap(type(transport), "submit", "send")
    meter.wrap(recorder, "record", "record")
    loop = lanes.Lanes(State.QUEUED, transport, lanes.Router())
    profiler = cProfile.Profile() if profile else None
    began = time.process_time()
    if profiler:
        profiler.runcall(loop.run)
        profiler.dump_stats(profile)
    else:
        loop.run()
    spent = time.process_time() - began
    assert not Delivery.objects.exclude(state=State.DELIVERED).exists()
    return spent
