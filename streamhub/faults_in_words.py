"""What a command says, in place of a traceback, about what is around the hub and not as it must be."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSilent

NO_TABLES = ("no such table", "does not exist")


def in_words(error: Exception) -> str | None:
    """None for what only a traceback explains."""
    first = str(error).strip().partition("\n")[0]
    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, DatabaseError) and any(words in first for words in NO_TABLES):
        return f"The database lacks what this version needs ({first}). Run “manage.py migrate” on it first."
    if isinstance(error, OperationalError):
        return f"The database does not take this ({first}). Check that it runs, and DATABASE_URL."
    if isinstance(error, (RedisAway, RedisSilent)):
        return f"Redis does not answer ({first}). Check that it runs, and REDIS_URL."
    return None
