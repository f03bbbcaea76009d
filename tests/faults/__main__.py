"""`make faults`: breaks a running hub in every way that is planned for, and counts what was lost.

    python -m tests.faults [NAME …] [--on embedded|servers] [--document]

Without names: all of them. `--document` writes the table to docs/reliability.md. Exit status 1 if anything was lost,
duplicated beyond what was in flight, or recorded wrongly.
"""

import argparse
import signal
import sys
import time
from types import FrameType

from tests import postgres
from tests.faults.faults import EMBEDDED, FAULTS, SERVERS
from tests.faults.run import Result, run
from tests.faults.scene import scene
from tests.faults.table import said, write


def main() -> int:
    signal.signal(signal.SIGTERM, _end)  # so that what was started is stopped
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(fault.name for fault in FAULTS))
    parser.add_argument("--on", choices=(EMBEDDED, SERVERS))
    parser.add_argument("--document", action="store_true", help="write the table to docs/reliability.md")
    options = parser.parse_args()
    if unknown := set(options.names) - {fault.name for fault in FAULTS}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    began, results = time.monotonic(), []
    for kind in (SERVERS, EMBEDDED):
        if options.on in (None, kind):
            results += _all(kind, options.names)
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(results)} faults in {minutes:.1f} minutes, {sum(not r.ok for r in results)} of them not survived")
    if options.document:
        write(results)
    return int(any(not result.ok for result in results))


def _all(kind: str, names: list[str]) -> list[Result]:
    """One hub for all: it has to survive the faults one after the other."""
    if kind == SERVERS and not postgres.programs():
        sys.exit("PostgreSQL is not installed. Leave it out with: --on embedded")
    wanted = [fault for fault in FAULTS if kind in fault.on and (not names or fault.name in names)]
    results: list[Result] = []
    if not wanted:
        return results
    with scene(embedded=kind == EMBEDDED) as on:
        for number, fault in enumerate(wanted, 1):
            results.append(run(fault, kind, on, first=number * 1_000_000))
            print(said(results[-1]), flush=True)
            if not results[-1].ok:
                print("What the hub said last:", on.last_words(), sep="\n", flush=True)
    return results


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
