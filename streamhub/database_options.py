"""How the hub speaks with its database: what every connection is opened with."""

from collections.abc import Mapping
from typing import Any

SQLITE = {
    # A transaction takes the write lock at once: upgrading a read lock later fails without waiting.
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    # FULL: what got its 200 survives a power cut too.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; "
    "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY",
}
# Compiling a query costs PostgreSQL 20 to 30 ms, more than the queries of a page take.
POSTGRESQL = "-c jit=off"


def options_for(database: Mapping[str, Any]) -> dict[str, Any]:
    """OPTIONS for an entry of Django's DATABASES. What DATABASE_URL says itself (`?options=-c%20jit%3Don`) prevails."""
    given = dict(database.get("OPTIONS", {}))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return SQLITE
    if database["ENGINE"] == "django.db.backends.postgresql":
        return given | {"options": f"{POSTGRESQL} {given.get('options', '')}".strip()}
    return given
