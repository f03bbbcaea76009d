"""How often one may fail to sign in: counted in Redis for all web processes, by name and address.

Not by name alone: whoever knows a name could keep its owner out. Not by address alone: behind one there may be many.
Codes of the second factor are counted by account alone: whoever gets to try one has the password. Where Redis is away
nobody is kept out (signing_in.py then still asks for the password again after some wrong codes).
"""

import logging
from hashlib import blake2b

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from redis.exceptions import RedisError

from events.client_address import client_address
from events.hub_redis import hub_redis
from streamhub import sign_in_trail

log = logging.getLogger(__name__)

SECONDS = 300  # for which failures count, from the first one on
OF_ONE_NAME = 5  # from one address
FROM_ONE_ADDRESS = 30
CODES_OF_ONE_ACCOUNT = 5  # from wherever


def seconds_to_wait(request: HttpRequest, name: str) -> int:
    """0: may try."""
    return _seconds_to_wait(_keys(request, name))


def seconds_to_wait_for_codes(user: AbstractBaseUser) -> int:
    return _seconds_to_wait(_keys_of_codes(user))


def _seconds_to_wait(keys: dict[str, int]) -> int:
    try:
        redis = hub_redis()
        for key, most in keys.items():
            if int(redis.get(key) or 0) >= most:
                return max(1, redis.ttl(key))
    except RedisError as error:
        log.warning("Redis does not count failures to sign in (%s)", error)
    return 0


def note_failure(request: HttpRequest, name: str) -> None:
    of_name, from_address = _keys(request, name)
    full = _note_failure(request, _keys(request, name))
    if of_name in full:
        sign_in_trail.locked_out(name)
    if from_address in full:
        sign_in_trail.locked_out_address()


def note_wrong_code(request: HttpRequest, user: AbstractBaseUser) -> None:
    if _note_failure(request, _keys_of_codes(user)):
        sign_in_trail.locked_out_of_codes(user)


def _note_failure(request: HttpRequest, keys: dict[str, int]) -> list[str]:
    """The keys of which this failure was the last that may be."""
    full = []
    try:
        redis = hub_redis()
        for key, most in keys.items():
            redis.set(key, 0, nx=True, ex=SECONDS)
            if redis.incr(key) == most:
                log.warning("Too many failures to sign in from %s; refused for a while", client_address(request))
                full.append(key)
    except RedisError as error:
        log.warning("Redis does not count failures to sign in (%s)", error)
    return full


def forget(request: HttpRequest, name: str) -> None:
    """After the right password."""
    _forget(next(iter(_keys(request, name))))


def forget_wrong_codes(user: AbstractBaseUser) -> None:
    _forget(*_keys_of_codes(user))


def _forget(*keys: str) -> None:
    try:
        hub_redis().delete(*keys)
    except RedisError as error:
        log.warning("Redis did not answer (%s)", error)


def _keys(request: HttpRequest, name: str) -> dict[str, int]:
    """Key -> most failures. Names are hashed: people type passwords into the wrong field."""
    address = client_address(request) or ""
    who = blake2b(f"{address}\0{name.strip().lower()}".encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16)
    return {
        f"streamhub:sign-in:{who.hexdigest()}": OF_ONE_NAME,
        f"streamhub:sign-in:from:{address}": FROM_ONE_ADDRESS,
    }


def _keys_of_codes(user: AbstractBaseUser) -> dict[str, int]:
    return {f"streamhub:sign-in:code:{user.pk}": CODES_OF_ONE_ACCOUNT}
