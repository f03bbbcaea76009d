"""A run's results as lines for a terminal and as the table in docs/reliability.md."""

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.document import write_table
from tests.faults.faults import FAULTS, SERVERS
from tests.faults.run import Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
KINDS = {"servers": "PostgreSQL, Redis", "embedded": "SQLite, embedded Redis"}
HEALTHY = "The other four destinations meanwhile: publish → arrival, p95"
WAITS = ("while", "before, ms", "during, ms")
COLUMNS = ("what was done", "sent", "accepted", "delivered", "lost", "duplicated", "recovered after, s")


def said(result: Result) -> str:
    account = result.account
    line = (
        f"{'ok  ' if result.ok else 'FAIL'} {result.kind:<9}{result.fault.title:<50} sent {result.sent:>6,}  "
        f"accepted {result.accepted:>6,}  delivered {result.delivered:>7,}  lost {account.lost}  "
        f"duplicated {account.duplicated}/{result.copies_allowed}  recovered after {result.recovered_after:.1f} s, "
        f"settled after {result.settled_after:.1f} s"
    )
    if result.fault.receiver:
        line += f"  healthy p95 {result.healthy_before * 1000:.0f} → {result.healthy_during * 1000:.0f} ms"
    return "\n".join([line, *(f"       {problem}" for problem in result.problems)])


def write(results: list[Result]) -> None:
    """Puts the rows of this run in; those of faults that were left out this time stay."""
    text = PAGE.read_text().partition("<!-- faults -->")[2].partition("<!-- /faults -->")[0]
    lines: list[str] = []
    for kind, title in KINDS.items():
        of_kind = [result for result in results if result.kind == kind]
        lines += [f"**{title}**", "", *_table(COLUMNS, text, title, {r.fault.title: _cells(r) for r in of_kind}), ""]
    ill = [result for result in results if result.fault.receiver and result.kind == SERVERS]
    lines += [f"**{HEALTHY}**", "", *_table(WAITS, text, HEALTHY, {r.fault.title: _waits(r) for r in ill})]
    write_table("faults", lines, PAGE)


def _table(columns: tuple[str, ...], text: str, title: str, new: dict[str, list[str]]) -> list[str]:
    rows = dict(_rows(text, title)) | {name: f"| {name} | {' | '.join(cells)} |" for name, cells in new.items()}
    ordered = [rows[fault.title] for fault in FAULTS if fault.title in rows]
    return ["| " + " | ".join(columns) + " |", "| --- |" + " ---: |" * (len(columns) - 1), *ordered]


def _rows(text: str, title: str) -> Iterator[tuple[str, str]]:
    """(fault, its row) of the table under a title."""
    table = text.partition(f"**{title}**")[2].partition("**")[0]
    for line in table.splitlines():
        if line.startswith("| "):
            yield line.split(" | ")[0].removeprefix("| "), line


def _cells(result: Result) -> list[str]:
    account = result.account
    recovered = "never" if account.lost else f"{result.recovered_after:.1f}"
    counts = (result.sent, result.accepted, result.delivered, account.lost, account.duplicated)
    return [*(f"{count:,}" for count in counts), recovered]


def _waits(result: Result) -> list[str]:
    return [f"{seconds * 1000:.0f}" for seconds in (result.healthy_before, result.healthy_during)]
