"""Ids as the API is given them -> identities, and those that are no ids of anybody.

A user id need not be known: whoever is listed before his first event is a member when it comes. An Amplitude id is what
the download writes as `amplitude_id`: the number of a user's profile here, so it has to be there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cohorts.models import identity_of_user
from cohorts.user_ids import BadUserId, check_user_id
from events.api.errors import Refused, bad_request
from events.models import Profile, Project

BY_AMP_ID = ("BY_AMP_ID", "BY_ID")
BY_USER_ID = ("BY_USER_ID", "BY_NAME")
MOST_IDS = 100_000  # of one request
AT_ONCE = 5_000  # profiles looked up by one statement
MOST_SAMPLE, MOST_SHOWN = 10, 100
MOST_NUMBER = 2**63


@dataclass(slots=True)
class GivenIds:
    """`identities`: of the valid ones, in their order, a user given twice twice. `invalid`: the others as given."""

    identities: list[str] = field(default_factory=list)
    invalid: list[Any] = field(default_factory=list)

    @property
    def sample(self) -> list[Any]:
        return [one if isinstance(one, (int, float)) else str(one)[:MOST_SHOWN] for one in self.invalid[:MOST_SAMPLE]]


def read_ids(project: Project, ids: Any, id_type: Any, known: Sequence[str], place: str) -> GivenIds:
    """`known`: the id types of this address. `place`: the key, as a refusal names it. Raises Refused."""
    if id_type not in known:
        raise bad_request(f"{place}id_type is not one of {', '.join(known)}.")
    if not isinstance(ids, list):
        raise bad_request(f"{place}ids is not a list of ids.")
    if len(ids) > MOST_IDS:
        raise too_many(len(ids))
    return _by_number(project, ids) if id_type in BY_AMP_ID else _by_user_id(ids)


def too_many(count: int) -> Refused:
    return bad_request(
        f"{count:,} ids in one request; at most {MOST_IDS:,} are allowed. Send them in several requests."
    )


def refuse_invalid(found: Iterable[GivenIds], *, skip: bool) -> None:
    """Where invalid ids may not be skipped, or no valid one is left, everything stops. Raises Refused."""
    parts = list(found)
    invalid = sum(len(part.invalid) for part in parts)
    sample = [one for part in parts for one in part.sample][:MOST_SAMPLE]
    if invalid and not skip:
        raise bad_request(
            f"{invalid:,} of the ids are invalid, and skip_invalid_ids is false.", invalid_ids_sample=sample
        )
    if invalid and not any(part.identities for part in parts):
        raise bad_request("None of the ids is valid. Nothing was changed.", invalid_ids_sample=sample)


def _by_user_id(ids: list[Any]) -> GivenIds:
    given = GivenIds()
    for one in ids:
        try:
            given.identities.append(identity_of_user(check_user_id(one)))
        except BadUserId:
            given.invalid.append(one)
    return given


def _by_number(project: Project, ids: list[Any]) -> GivenIds:
    numbers = [_number(one) for one in ids]
    wanted = sorted({number for number in numbers if number is not None})
    found: dict[int, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        part = Profile.objects.filter(project=project, pk__in=wanted[start : start + AT_ONCE])
        found |= dict(part.values_list("pk", "identity"))
    given = GivenIds()
    for one, number in zip(ids, numbers, strict=True):
        identity = found.get(number) if number is not None else None
        given.invalid.append(one) if identity is None else given.identities.append(identity)
    return given


def _number(given: Any) -> int | None:
    if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 20:
        given = int(given)
    return given if type(given) is int and 0 < given < MOST_NUMBER else None
