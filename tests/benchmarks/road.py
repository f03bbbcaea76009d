"""The road end to end with its real processes: publisher -> hub -> sink, counted by id.

    python -m tests.benchmarks road [--database sqlite|postgresql] [--events N] [--batch N] [--output FILE]

First as fast as events are accepted (throughput), then at half that rate (latency). Beside it the ceiling: the same
bodies posted by a bare curl loop.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from delivery.transports import OutgoingRequest, make_transport, send_many
from destinations.addresses import ip_network
from tests import postgres
from tests.benchmarks.document import road_table, write_table
from tests.benchmarks.publisher import event, publish
from tests.hub import Hub, free_port, get, hub, wait_for

KEY = "benchmark0123456789abcdef0123456"
TEMPLATE = """\
{
  "external_id": {{ input.user_id|tojson }},
  "name": {{ input.event_type|tojson }},
  "time": {{ input.event_time|tojson }},
  "platform": {{ input.platform|tojson }},
  "city": {{ input.city|tojson }},
  "properties": {
    "id": {{ input.event_properties.id }},
    "sent": {{ input.event_properties.sent }},
    "order": {{ input.event_properties.order_id|tojson }},
    "total": {{ input.event_properties.total }},
    "currency": {{ input.event_properties.currency|tojson }},
    "campaign": {{ input.event_properties.campaign|tojson }},
    "items": [
      {%- for item in input.event_properties["items"] %}
      {"sku": {{ item.sku|tojson }}, "quantity": {{ item.quantity }}}{{ "," if not loop.last }}
      {%- endfor %}
    ]
  }
}
"""


@dataclass
class Options:
    database: str
    events: int
    batch: int
    destinations: int
    latency_ms: float


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="road", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--destinations", type=int, default=1)
    parser.add_argument("--latency-ms", type=float, default=0, help="how late the sink answers")
    parser.add_argument("--output", type=Path, help="JSON file for the results")
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    given = parser.parse_args(arguments)
    databases = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    results = []
    for database in databases:
        options = Options(database, given.events, given.batch, given.destinations, given.latency_ms)
        results.append(measure(options))
        print_table(results[-1])
    if given.document:
        write_table("road", road_table(results))
    if given.output:
        given.output.write_text(json.dumps(results, indent=2) + "\n")


def measure(options: Options) -> dict[str, Any]:
    with sink(options.latency_ms) as port, _database(options.database) as (url, server):
        ceiling = bare_curl(port, 5_000)
        get(port, "/reset", "POST")
        with hub(url, server) as running:
            running.apply(_declaration(port, options.destinations))
            publish(running.port, KEY, range(2_000), batch=options.batch, rate=None, connections=2)
            _drain(port, 2_000 * options.destinations)
            throughput = _throughput(running, port, options)
            latency = _latency(running, port, options, throughput["delivered_per_second"] / 2 / options.destinations)
            memory = {part: round(size / 1e6) for part, size in running.memory().items()}
    return {
        "options": vars(options),
        "ceiling_bare_curl_per_second": ceiling,
        "throughput": throughput,
        "latency_at_half_rate": latency,
        "memory_mb": memory,
    }


def _throughput(running: Hub, port: int, options: Options) -> dict[str, Any]:
    get(port, "/reset", "POST")
    numbers, before = range(options.events), running.cpu_seconds()
    published = publish(running.port, KEY, numbers, batch=options.batch, rate=None, connections=2)
    arrived = _drain(port, options.events * options.destinations)
    after = running.cpu_seconds()
    delivered = arrived["count"] or 1
    cpu = {part: (after[part] - before.get(part, 0)) / delivered * 1000 for part in after}
    return {
        "accepted_per_second": round(published.events / published.seconds),
        "delivered_per_second": round(delivered / (arrived["last"] - published.began)),
        "cpu_seconds_per_1000": {part: round(seconds, 4) for part, seconds in cpu.items() if seconds > 0.0005},
        "cpu_seconds_per_1000_total": round(sum(cpu.values()), 4),
        "refused": published.refused,
    } | _counts(arrived, numbers, options.destinations)


def _latency(running: Hub, port: int, options: Options, rate: float) -> dict[str, Any]:
    get(port, "/reset", "POST")
    numbers = range(int(rate * 10) // options.batch * options.batch)
    publish(running.port, KEY, numbers, batch=options.batch, rate=rate, connections=4)
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


def _drain(port: int, count: int, seconds: float = 120) -> dict[str, Any]:
    """Waits until `count` requests have arrived and returns the sink's summary."""
    end = time.monotonic() + seconds
    while True:
        arrived: dict[str, Any] = json.loads(get(port, "/summary")[1])
        if arrived["count"] >= count or time.monotonic() > end:
            return arrived
        time.sleep(0.25)


def _declaration(port: int, destinations: int) -> dict[str, Any]:
    payload = {"mode": "template", "language": "jinja2", "template": TEMPLATE}
    return {
        "projects": [
            {
                "name": "Benchmark",
                "api_key": KEY,
                "destinations": [
                    {"name": f"Sink {n}", "url": f"http://127.0.0.1:{port}/{n}", "payload": payload, "enabled": True}
                    for n in range(destinations)
                ],
            }
        ]
    }


def bare_curl(port: int, count: int) -> int:
    """Requests per second of our curl transport alone, posting a body of the same size."""
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    body = json.dumps(event(1)).encode()[:700]
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
        wait_for(port, "/summary")
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _database(name: str) -> Iterator[tuple[str, psutil.Process | None]]:
    if name == "sqlite":
        yield "", None
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
    throughput, latency = result["throughput"], result["latency_at_half_rate"]
    print(f"\n{result['options']}")
    print(f"  bare curl loop       {result['ceiling_bare_curl_per_second']:>7,} requests/s")
    print(f"  accepted             {throughput['accepted_per_second']:>7,} /s")
    print(f"  delivered            {throughput['delivered_per_second']:>7,} /s")
    print(f"  lost, duplicates     {throughput['lost']}, {throughput['duplicates']}")
    print(f"  CPU s per 1,000      {throughput['cpu_seconds_per_1000_total']}  {throughput['cpu_seconds_per_1000']}")
    print(f"  at {latency['events_per_second']:,} events/s     {latency}")
    print(f"  memory MB            {result['memory_mb']}")
