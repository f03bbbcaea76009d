"""Whether a database error passes by itself: the server is away, busy, full. What we ask for wrongly never does."""

from django.db import DatabaseError, InterfaceError, OperationalError

PASSING = (OperationalError, InterfaceError)
# Primary result codes: a statement that is wrong, a call that is wrong, a parameter that is not there.
SQLITE_MISTAKES = {1, 21, 25}
POSTGRESQL_MISTAKES = "54"  # class of SQLSTATE: more of something than any statement may have


def is_mistake(error: DatabaseError | InterfaceError) -> bool:
    """Of an OperationalError, say: Django's word for both kinds."""
    cause = error.__cause__
    code, state = getattr(cause, "sqlite_errorcode", None), getattr(cause, "sqlstate", None)
    return (code is not None and code & 0xFF in SQLITE_MISTAKES) or (state or "").startswith(POSTGRESQL_MISTAKES)
