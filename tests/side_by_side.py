"""Which tests a process runs when several run side by side: those of a file, which share what the file makes once; and
one after another those that start whole hubs, or drive a browser, which would starve each other."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# By path, because the process that hands out the tests knows no markers.
CHAINS = {
    "hubs": (
        "tests/streamhub/test_up.py",
        "tests/streamhub/test_backup.py",
        "tests/streamhub/test_too_large.py",
        "tests/streamhub/test_deploy.py",
    ),
    "pages": ("tests/browser/test_pages.py",),
    "browser": ("tests/browser/",),
    "faults": ("tests/faults/", "tests/cohorts/test_killed_worker.py"),
}


class ByFile(LoadScopeScheduling):
    """Hands out files in the order in which they were collected; see `in_order`."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid)


def in_order(nodeids: Iterable[str]) -> dict[str, int]:
    """The place of each: the chains, then the files with the most tests, so that what runs last is short."""
    units = {nodeid: _unit(nodeid) for nodeid in nodeids}
    sizes = Counter(units.values())
    files = sorted(sizes.keys() - CHAINS.keys(), key=lambda path: (-sizes[path], path))
    places = {unit: place for place, unit in enumerate([*CHAINS, *files])}
    return {nodeid: places[unit] for nodeid, unit in units.items()}


def _unit(nodeid: str) -> str:
    path = nodeid.partition("::")[0]
    return next((name for name, paths in CHAINS.items() if path.startswith(paths)), path)
