"""Puts a run's table into docs/performance.md, between the markers that carry the benchmark's name."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def write_table(name: str, lines: list[str], page: Path = PAGE) -> None:
    """Replaces what stands between `<!-- name -->` and `<!-- /name -->`."""
    before, _, after = _around(name, page)
    page.write_text(before + "\n".join([*lines, "", _when_and_where()]) + "\n" + after)


def write_rows(name: str, heading: list[str], rows: list[str], order: list[str], page: Path = PAGE) -> None:
    """Puts rows into the table there, in place of those with the same first cell, which stand as `order` says."""
    _, old, _ = _around(name, page)
    known = {_title(line): line for line in [*old.splitlines(), *rows] if line.startswith("| ")}
    write_table(name, [*heading, *(known[title] for title in order if title in known)], page)


def _title(row: str) -> str:
    return row.split("|")[1].strip()


def _around(name: str, page: Path) -> tuple[str, str, str]:
    """The page up to and with the first mark, what stands there, and the rest from the second mark on."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.read_text().partition(begin)
    inside, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{page} has no place marked {begin.strip()} … {end}")
    return before + begin, inside, end + after


def _when_and_where() -> str:
    day = datetime.now(UTC).date().isoformat()
    return f"*{day}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.*"


def road_table(results: list[dict[str, Any]]) -> list[str]:
    """The road's results, a column per database."""
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    columns = [names[result["options"]["database"]] for result in results]
    lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]

    def row(title: str, *path: str, shown: str = "{:,}") -> None:
        cells = []
        for result in results:
            value: Any = result
            for key in path:
                value = value[key]
            cells.append(shown.format(value))
        lines.append(f"| {title} | " + " | ".join(cells) + " |")

    row("delivered per second", "throughput", "delivered_per_second")
    row("accepted per second", "throughput", "accepted_per_second")
    row("lost, in both parts", "throughput", "lost")
    row("duplicates", "throughput", "duplicates")
    row("at half that rate: events per second", "latency_at_half_rate", "events_per_second")
    for quantile in (50, 95, 99):
        row(f"publish → arrival, p{quantile}, ms", "latency_at_half_rate", f"p{quantile}_ms")
    row("CPU per delivered event, all processes, µs", "throughput", "cpu_us_per_delivered_total", shown="{:.0f}")
    parts = sorted({part for result in results for part in result["throughput"]["cpu_us_per_delivered"]})
    for part in parts:
        cells = [result["throughput"]["cpu_us_per_delivered"].get(part) for result in results]
        lines.append(f"| … {part} | " + " | ".join("–" if cell is None else f"{cell:.0f}" for cell in cells) + " |")
    row("the bare curl loop, requests per second", "ceiling_bare_curl_per_second")
    for part in ("web", "worker fresh"):
        row(f"memory of {part}, MB", "memory_mb", part)
    return lines
