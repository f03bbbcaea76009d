"""`python -m tests.benchmarks [NAME] [options]`: road (the default), steps, transports, templates, ingest, cohorts."""

import importlib
import sys

NAMES = ("road", "steps", "transports", "templates", "ingest", "cohorts")


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in NAMES else "road"
    importlib.import_module(f"tests.benchmarks.{name}").main(arguments)


if __name__ == "__main__":
    main()
