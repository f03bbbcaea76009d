"""How fast payload templates render: our FreeMarker, Jinja2 twins with and without our guard, and Apache FreeMarker.

    python -m tests.benchmarks templates [--rounds 7] [--seconds 0.2] [--case ID] [--jar FREEMARKER.JAR] [--output FILE]

Apache FreeMarker takes part where `java` and the Debian package libfreemarker-java (or `--jar`) are there. Every
engine's output is compared with the expected payload before its time counts, which is time on the processor, so that
a busy machine spoils less. The plain sandbox gets floats for
numbers, having no way to print exact decimals, and borrows our two date filters.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from time import thread_time_ns
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from destinations import freemarker, jinja
from destinations.jinja.filters.times import TIME
from tests.benchmarks.document import write_table
from tests.benchmarks.twins import TWINS

CASES = Path(__file__).parents[1] / "destinations" / "freemarker" / "cases" / "bench.jsonl"
HARNESS = Path(__file__).with_name("FreeMarkerRounds.java")
DEBIAN_JAR = Path("/usr/share/java/freemarker.jar")


@dataclass(frozen=True, slots=True)
class Timing:
    """Nanoseconds: a render in the best round and in the mean of the rounds, a parse with compilation at best."""

    best: float
    mean: float
    compile: float


@dataclass(frozen=True, slots=True)
class Case:
    """One template with its data, as text and as each reader of JSON makes it."""

    id: str
    template: str
    text: str
    expected: str

    @property
    def exact(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long to measure: `rounds` of `seconds` each."""

    rounds: int
    seconds: float

    def timing(self, render: Callable[[], str], compile: Callable[[], object]) -> Timing:
        """Two rounds of warming up do not count."""
        compiled = min(self._round(compile, self.seconds / 4) for _ in range(self.rounds))
        times = [self._round(render, self.seconds) for _ in range(self.rounds + 2)][2:]
        return Timing(min(times), sum(times) / len(times), compiled)

    def _round(self, run: Callable[[], object], seconds: float) -> float:
        start, used = thread_time_ns(), 0
        turns, batch = 0, 1
        while used < seconds * 1e9:
            for _ in range(batch):
                run()
            turns, batch = turns + batch, batch * 2
            used = thread_time_ns() - start
        return used / turns


def freemarker_timing(case: Case, rounds: Rounds) -> Timing:
    serial = count()
    template, data = freemarker.Template(case.template), case.exact
    _check("freemarker", case, template.render(data))
    return rounds.timing(
        lambda: template.render(data),
        lambda: freemarker.Template(f"{case.template}<#-- {next(serial)} -->"),
    )


def jinja_timing(case: Case, rounds: Rounds) -> Timing:
    serial = count()
    source, data = TWINS[case.id], case.exact
    template = jinja.Template(source)
    _check("jinja", case, template.render(data))
    return rounds.timing(lambda: template.render(data), lambda: jinja.Template(f"{source}{{# {next(serial)} #}}"))


def plain_timing(case: Case, rounds: Rounds) -> Timing:
    environment = ImmutableSandboxedEnvironment()
    environment.filters.update(TIME)
    source, data = TWINS[case.id], json.loads(case.text)
    template = environment.from_string(source)
    _check("jinja, stock sandbox", case, template.render(data))
    return rounds.timing(lambda: template.render(data), lambda: environment.from_string(source))


def apache_timing(case: Case, rounds: Rounds, jar: Path) -> Timing:
    with tempfile.TemporaryDirectory() as folder:
        template, data = Path(folder, "template.ftl"), Path(folder, "data.json")
        template.write_text(case.template)
        data.write_text(case.text)
        command = ["java", "-cp", str(jar), str(HARNESS), str(template), str(data)]
        run = subprocess.run(
            [*command, str(rounds.rounds), str(rounds.seconds)], capture_output=True, text=True, check=True
        )
    best, mean, compiled, output = run.stdout.split()
    _check("Apache FreeMarker", case, base64.b64decode(output).decode())
    return Timing(float(best), float(mean), float(compiled))


def _check(engine: str, case: Case, rendered: str) -> None:
    if json.loads(rendered) != json.loads(case.expected):
        sys.exit(f"{engine} renders {case.id} wrongly:\n{rendered}")


def cases() -> list[Case]:
    """The templates of the bench."""
    rows = [json.loads(line, parse_float=Decimal) for line in CASES.read_text().split("\n") if line]
    return [Case(row["id"], row["template"], _json(row["data"]), row["expected"]) for row in rows]


def _json(value: Any) -> str:
    return json.dumps(value, default=float, ensure_ascii=False)


def _table(results: dict[str, dict[str, Timing]]) -> str:
    lines = ["µs per render, best (mean); parse and compile in ms", ""]
    for case, timings in results.items():
        base = timings["jinja, stock sandbox"].best
        lines.append(case)
        for engine, timing in timings.items():
            lines.append(
                f"  {engine:<22}{timing.best / 1e3:>9.1f} ({timing.mean / 1e3:.1f})".ljust(46)
                + f"{timing.best / base:>6.2f}× stock sandbox".ljust(24)
                + f"{timing.compile / 1e6:>8.2f} ms"
            )
    return "\n".join(lines)


def _document_lines(results: dict[str, dict[str, Timing]]) -> list[str]:
    engines = list(next(iter(results.values())))
    lines = ["| ns, best (mean) | " + " | ".join(engines) + " |", "| --- |" + " ---: |" * len(engines)]
    for case, timings in results.items():
        cells = [f"{timing.best:,.0f} ({timing.mean:,.0f})" for timing in timings.values()]
        lines.append(f"| {case} | " + " | ".join(cells) + " |")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="templates", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.2, help="length of a round")
    parser.add_argument("--case", help="only this one")
    parser.add_argument("--jar", type=Path, default=DEBIAN_JAR, help="Apache FreeMarker")
    parser.add_argument("--output", type=Path, help="also write the figures here, as JSON")
    parser.add_argument("--document", action="store_true", help="write the table to docs/performance.md")
    options = parser.parse_args(arguments)
    rounds = Rounds(options.rounds, options.seconds)
    with_java = shutil.which("java") is not None and options.jar.exists()
    results: dict[str, dict[str, Timing]] = {}
    for case in cases():
        if options.case in (None, case.id):
            results[case.id] = {
                "freemarker": freemarker_timing(case, rounds),
                "jinja, stock sandbox": plain_timing(case, rounds),
                "jinja": jinja_timing(case, rounds),
            }
            if with_java:
                results[case.id]["Apache FreeMarker"] = apache_timing(case, rounds, options.jar)
    print(_table(results))
    if not with_java:
        print("\nApache FreeMarker was not measured: install java and libfreemarker-java, or name a jar with --jar.")
    if options.document:
        write_table("templates", _document_lines(results))
    if options.output:
        figures = {case: {engine: asdict(timing) for engine, timing in row.items()} for case, row in results.items()}
        options.output.write_text(json.dumps({"unit": "ns", "cases": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
