"""`python -m tests.benchmarks [NAME] [options]`: road (the default), or another one of NAMES."""

import importlib
import sys

NAMES = ("road", "all", "steps", "transports", "templates", "ingest", "cohorts", "pages")


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments.pop(0) if arguments and arguments[0] in NAMES else "road"
    importlib.import_module(f"tests.benchmarks.{name}").main(arguments)


if __name__ == "__main__":
    main()
