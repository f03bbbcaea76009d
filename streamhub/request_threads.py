"""The threads of a process that serves requests: few that keep a connection to the database, many that only wait.

Events that come one by one are stored together (events/gathering.py): the more requests wait side by side, the less
each costs the database.
"""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor

from events import storing

PAGES = 8  # each with a connection, which it keeps
STORING = 4  # each with a connection too: what ingest stores and looks up
INGEST = 48  # without
# What the addresses of events/urls.py begin with.
INGEST_PATHS = ("/2/httpapi", "/batch", "/identify", "/groupidentify", "/v1/", "/beacon/", "/pixel/")


def begin_threads() -> Callable[[str], Executor]:
    """Where a request is answered, by its path."""
    pages, ingest = ThreadPoolExecutor(PAGES, "request"), ThreadPoolExecutor(INGEST, "ingest")
    storing.begin(STORING)
    return lambda path: ingest if path.startswith(INGEST_PATHS) else pages
