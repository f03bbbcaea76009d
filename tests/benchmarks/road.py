"""The road end to end with its real processes: publisher -> hub -> sink, counted by id.

    python -m tests.benchmarks road [options]

First as fast as events are accepted (throughput), then at half that rate (latency). Beside it the ceiling: bodies of
the same size posted by a bare curl loop. Destinations filter, sign and shape with FreeMarker; events bring user
properties.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import psutil
import psycopg

from delivery.transports import OutgoingRequest, make_transport, send_many
from destinations.addresses import ip_network
from tests import postgres
from tests.benchmarks.destination import KEY, declaration
from tests.benchmarks.document import road_table, write_table
from tests.benchmarks.flame import flame
from tests.benchmarks.publisher import Load, Published, event, publish
from tests.hub import Hub, free_port, get, hub, wait_for

WARM_UP = 2_000  # events
BATCHES, SINGLE = Load(), Load(batch=1, connections=32)
BODY_BYTES = 700  # of the payload of an event of 1 KB


@dataclass(frozen=True)
class Options:
    """One run. `workers`: fresh ones, 0 for as many as the hub has by itself. `rows`: deliveries that are in the log
    already. `backlog`: everything is published before a worker may begin."""

    database: str = "postgresql"
    events: int = 20_000
    load: Load = BATCHES
    destinations: int = 1
    together: int = 1  # events in one request to a destination
    workers: int = 0
    latency_ms: float = 0
    rows: int = 0
    backlog: bool = False
    latency: bool = True  # whether it is measured too
    flame: Path | None = None


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="road", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=100, help="events per request")
    parser.add_argument("--single", action="store_true", help="one event per request, 32 connections")
    parser.add_argument("--payload-bytes", type=int, default=1_000, help="size of an event")
    parser.add_argument("--destinations", type=int, default=1)
    parser.add_argument("--together", type=int, default=1, help="events in one request to a destination")
    parser.add_argument("--workers", type=int, default=0, help="fresh workers")
    parser.add_argument("--latency-ms", type=float, default=0, help="how late the sink answers")
    parser.add_argument("--rows", type=int, default=0, help="deliveries that the log holds already")
    parser.add_argument("--backlog", action="store_true", help="publish everything, then let the workers begin")
    parser.add_argument("--throughput-only", action="store_true", help="leave out the part at half the rate")
    parser.add_argument("--flame", type=Path, help="SVG file for a flame graph of a worker (py-spy)")
    parser.add_argument("--output", type=Path, help="JSON file for the results")
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    given = parser.parse_args(arguments)
    results = []
    for database in ["sqlite", "postgresql"] if given.database == "both" else [given.database]:
        results.append(measure(_options(given, database)))
        print_table(results[-1])
    if given.document:
        write_table("road", road_table(results))
    if given.output:
        given.output.write_text(json.dumps(results, indent=2, default=str) + "\n")


def _options(given: argparse.Namespace, database: str) -> Options:
    return Options(
        database=database,
        events=given.events,
        load=replace(SINGLE if given.single else Load(given.batch), event_bytes=given.payload_bytes),
        destinations=given.destinations,
        together=given.together,
        workers=given.workers,
        latency_ms=given.latency_ms,
        rows=given.rows,
        backlog=given.backlog,
        latency=not (given.throughput_only or given.backlog),
        flame=given.flame,
    )


def measure(options: Options) -> dict[str, Any]:
    """The figures of one run, on a hub and a database of its own."""
    environment = {"STREAMHUB_FRESH_WORKERS": str(options.workers)} if options.workers else {}
    with sink(options.latency_ms) as port, database_server(options.database) as (url, server):
        result = {"options": asdict(options), "ceiling_bare_curl_per_second": bare_curl(port, 5_000)}
        with hub(url, server, **environment) as running:
            running.apply(declaration(port, options.destinations, options.together))
            _warm_up(running, port, options)
            if options.rows:
                result["throughput_before"] = _throughput(running, port, options)
                _fill(running, options.rows, url)
                _warm_up(running, port, options)
            throughput = _backlog(running, port, options) if options.backlog else _throughput(running, port, options)
            result["throughput"] = throughput
            if options.latency:
                rate = throughput["delivered_per_second"] / 2 / options.destinations
                result["latency_at_half_rate"] = _latency(running, port, options, rate)
            result["memory_mb"] = {part: round(size / 1e6) for part, size in running.memory().items()}
    return result


def _fill(running: Hub, rows: int, url: str) -> None:
    """Another project's deliveries, over a month."""
    running.manage("seed", "--deliveries", str(rows), "--hours", str(29 * 24))
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # what autovacuum does while rows come in


def _warm_up(running: Hub, port: int, options: Options) -> None:
    count = max(100, WARM_UP // options.destinations)
    get(port, "/reset", "POST")
    publish(running.port, KEY, range(count), replace(BATCHES, batch=10))
    _drain(port, count * options.destinations)


def _throughput(running: Hub, port: int, options: Options) -> dict[str, Any]:
    get(port, "/reset", "POST")
    numbers, before = range(options.events), running.cpu_seconds()
    with flame(running, options.flame) if options.flame else nullcontext():
        published = publish(running.port, KEY, numbers, options.load)
        arrived = _drain(port, options.events * options.destinations)
    return _figures(published, arrived, published.began, _spent(running, before), options)


def _backlog(running: Hub, port: int, options: Options) -> dict[str, Any]:
    """As if workers had been away: they sleep while everything is published."""
    get(port, "/reset", "POST")
    workers = [process for part in ("worker fresh", "worker retry") for process in running.processes()[part]]
    before = running.cpu_seconds()
    for worker in workers:
        worker.suspend()
    try:
        published = publish(running.port, KEY, range(options.events), options.load)
    finally:
        for worker in workers:
            worker.resume()
    began = time.time()
    arrived = _drain(port, options.events * options.destinations)
    return _figures(published, arrived, began, _spent(running, before), options)


def _spent(running: Hub, before: dict[str, float]) -> dict[str, float]:
    return {part: seconds - before.get(part, 0) for part, seconds in running.cpu_seconds().items()}


def _figures(
    published: Published, arrived: dict[str, Any], began: float, spent: dict[str, float], options: Options
) -> dict[str, Any]:
    delivered = arrived["count"] or 1
    cpu = {part: seconds / delivered * 1e6 for part, seconds in spent.items()}
    return {
        "accepted_per_second": round(published.events / published.seconds),
        "requests_per_second": round(published.requests / published.seconds),
        "delivered_per_second": round(delivered / (arrived["last"] - began)),
        "cpu_us_per_delivered": {part: round(us, 1) for part, us in cpu.items() if us > 0.5},
        "cpu_us_per_delivered_total": round(sum(cpu.values()), 1),
        "refused": published.refused,
    } | _counts(arrived, range(options.events), options.destinations)


def _latency(running: Hub, port: int, options: Options, rate: float) -> dict[str, Any]:
    get(port, "/reset", "POST")
    load = replace(options.load, connections=max(4, options.load.connections))
    numbers = range(max(1, int(rate * 10) // load.batch) * load.batch)
    publish(running.port, KEY, numbers, load, rate)
    arrived = _drain(port, len(numbers) * options.destinations)
    waits = sorted(arrived["waits"])
    quantiles = {f"p{q}_ms": round(waits[int(len(waits) * q / 100)] * 1000, 1) for q in (50, 95, 99)} if waits else {}
    return {"events_per_second": round(rate)} | quantiles | _counts(arrived, numbers, options.destinations)


def _counts(arrived: dict[str, Any], numbers: range, destinations: int) -> dict[str, int]:
    got = {int(number): times for number, times in arrived["ids"].items()}
    return {
        "lost": sum(max(0, destinations - got.get(number, 0)) for number in numbers),
        "duplicates": sum(max(0, times - destinations) for times in got.values()),
    }


def _drain(port: int, count: int, seconds: float = 60) -> dict[str, Any]:
    """Waits until `count` requests have arrived, or none for `seconds`, and returns the sink's summary."""
    came, end = 0, time.monotonic() + seconds
    while came < count and time.monotonic() < end:
        time.sleep(0.1)
        before, came = came, int(get(port, "/count")[1])
        if came > before:
            end = time.monotonic() + seconds
    summary: dict[str, Any] = json.loads(get(port, "/summary")[1])
    return summary


def bare_curl(port: int, count: int) -> int:
    """Requests per second of our curl transport alone, posting a body of the same size."""
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    body = orjson.dumps(event(1))[:BODY_BYTES]
    headers = [("Content-Type", "application/json")]
    began = time.monotonic()
    requests = (OutgoingRequest("POST", f"http://127.0.0.1:{port}/bare", headers, body) for _ in range(count))
    for _ in send_many(requests, transport):
        pass
    seconds = time.monotonic() - began
    transport.close()
    return round(count / seconds)


@contextmanager
def sink(latency_ms: float = 0) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.sink", str(port), "--latency-ms", str(latency_ms)]
    process = subprocess.Popen(command)
    try:
        wait_for(port, "/count")
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def database_server(name: str) -> Iterator[tuple[str, psutil.Process | None]]:
    """The DATABASE_URL and the process of a new server, or of the one that the environment names; none for SQLite."""
    if name == "sqlite":
        yield "", None
        return
    if url := os.environ.get("DATABASE_URL"):
        yield url, postmaster(url)
        return
    with postgres.server() as url:
        yield url, postmaster(url)


def postmaster(url: str) -> psutil.Process:
    port = url.rpartition(":")[2].partition("/")[0]
    return next(
        p
        for p in psutil.process_iter(["cmdline"])
        if f"port={port}" in (p.info["cmdline"] or []) and "-D" in p.info["cmdline"]
    )


def print_table(result: dict[str, Any]) -> None:
    throughput = result["throughput"]
    print(f"\n{result['options']}")
    print(f"  bare curl loop       {result['ceiling_bare_curl_per_second']:>7,} requests/s")
    print(f"  accepted             {throughput['accepted_per_second']:>7,} events/s")
    print(f"                       {throughput['requests_per_second']:>7,} requests/s")
    print(f"  delivered            {throughput['delivered_per_second']:>7,} /s")
    print(f"  lost, duplicates     {throughput['lost']}, {throughput['duplicates']}; refused {throughput['refused']}")
    print(f"  CPU µs per delivered {throughput['cpu_us_per_delivered_total']}  {throughput['cpu_us_per_delivered']}")
    if before := result.get("throughput_before"):
        print(
            f"  before it was filled {before['delivered_per_second']:>7,} /s, {before['cpu_us_per_delivered_total']} µs"
        )
    if latency := result.get("latency_at_half_rate"):
        print(f"  at {latency['events_per_second']:,} events/s     {latency}")
    print(f"  memory MB            {result['memory_mb']}", flush=True)
