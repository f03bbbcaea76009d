"""A run's results as lines for a terminal and as the table in docs/reliability.md."""

from pathlib import Path

from tests.benchmarks.document import write_table
from tests.faults.faults import SERVERS
from tests.faults.run import Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
KINDS = {"servers": "PostgreSQL, Redis", "embedded": "SQLite, embedded Redis"}
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
    lines = []
    for kind, title in KINDS.items():
        of_kind = [result for result in results if result.kind == kind]
        if of_kind:
            lines += [f"**{title}**", "", *_table(of_kind), ""]
    healthy = [result for result in results if result.fault.receiver and result.kind == SERVERS]
    if healthy:
        lines += ["**The other four destinations meanwhile**, publish → arrival, p95", "", *_healthy(healthy), ""]
    write_table("faults", lines[:-1], PAGE)


def _table(results: list[Result]) -> list[str]:
    lines = ["| " + " | ".join(COLUMNS) + " |", "| --- |" + " ---: |" * (len(COLUMNS) - 1)]
    for result in results:
        account = result.account
        cells = [
            result.fault.title, f"{result.sent:,}", f"{result.accepted:,}", f"{result.delivered:,}", str(account.lost),
            str(account.duplicated), f"{result.recovered_after:.1f}",
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _healthy(results: list[Result]) -> list[str]:
    lines = ["| while | before, ms | during, ms |", "| --- | ---: | ---: |"]
    for result in results:
        lines.append(
            f"| {result.fault.title} | {result.healthy_before * 1000:.0f} | {result.healthy_during * 1000:.0f} |"
        )
    return lines
