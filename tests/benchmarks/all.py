"""The road under different loads on PostgreSQL, one after another: about 15 minutes on a quiet machine of two cores.

    python -m tests.benchmarks all [--only NAME,NAME] [--document]

`--document` writes each run's line to docs/performance.md as soon as it is there; the lines of other runs stay.
"""

import argparse
from dataclasses import replace
from typing import Any

from tests.benchmarks import steps
from tests.benchmarks.document import road_table, write_rows, write_table
from tests.benchmarks.road import BATCHES, SINGLE, Options, measure, print_table

QUICK = Options(latency=False)
LARGE = replace(BATCHES, batch=10, event_bytes=50_000)
RUNS: dict[str, tuple[str, Options]] = {
    "batches": ("1 destination, batches of 100", replace(QUICK, events=50_000)),
    "single": ("one event per request", replace(QUICK, events=15_000, load=SINGLE)),
    "1-worker": ("1 worker", replace(QUICK, events=30_000, workers=1)),
    "2-workers": ("2 workers", replace(QUICK, events=30_000, workers=2)),
    "10": ("10 destinations", replace(QUICK, events=5_000, destinations=10)),
    "100": ("100 destinations", replace(QUICK, events=600, destinations=100)),
    "1000": ("1,000 destinations", replace(QUICK, events=60, destinations=1_000)),
    "50-kb": ("events of 50 KB, batches of 10", replace(QUICK, events=2_000, load=LARGE)),
    "backlog": ("a backlog of 200,000", replace(QUICK, events=200_000, backlog=True)),
    "rows": ("a log of 5,000,000 deliveries", replace(QUICK, events=50_000, rows=5_000_000)),
}
EMPTY = "… the same hub before, its log empty"
HEADING = ["| | accepted events/s | requests/s | delivered/s | µs of CPU per delivered | lost | duplicates |"]
HEADING.append("| --- |" + " ---: |" * 6)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="all", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    names = ["road", *RUNS, "steps"]
    parser.add_argument("--only", default=",".join(names), help=f"of {', '.join(names)}")
    parser.add_argument("--document", action="store_true", help="write the tables to docs/performance.md")
    given = parser.parse_args(arguments)
    chosen = given.only.split(",")
    if unknown := set(chosen) - set(names):
        parser.error(f"no run is called {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if "road" in chosen:
        _both_databases(given.document)
    for name, (title, options) in RUNS.items():
        if name in chosen:
            result = measure(options)
            print_table(result)
            rows = [_row(title, result["throughput"])]
            if options.rows:
                rows.append(_row(EMPTY, result["throughput_before"]))
            if given.document:
                write_rows("loads", HEADING, rows, [*(title for title, _ in RUNS.values()), EMPTY])
    if "steps" in chosen:
        steps.main(["--document"] if given.document else [])


def _both_databases(document: bool) -> None:
    results = [measure(Options(database=name, events=50_000)) for name in ("sqlite", "postgresql")]
    for result in results:
        print_table(result)
    if document:
        write_table("road", road_table(results))


def _row(title: str, found: dict[str, Any]) -> str:
    names = ("accepted_per_second", "requests_per_second", "delivered_per_second", "cpu_us_per_delivered_total")
    cells = [f"{found[name]:,.0f}" for name in names] + [f"{found['lost']:,}", f"{found['duplicates']:,}"]
    return f"| {title} | {' | '.join(cells)} |"
