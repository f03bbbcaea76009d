"""`POST /api/3/cohorts/membership`: users into a listed cohort and out of it."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse

from cohorts.api.door import body_of, cohort_of, door
from cohorts.api.fields import flag, refuse_groups
from cohorts.api.given_ids import BY_AMP_ID, BY_USER_ID, MOST_IDS, GivenIds, read_ids, refuse_invalid, too_many
from cohorts.api.upload import refuse_defined
from cohorts.computation import add_and_remove
from cohorts.models import Cohort, Member
from cohorts.specification import MOST_MEMBERS
from events import audit
from events.api.errors import answer, bad_request
from events.models import Project

CAUSE = "API membership"
OPERATIONS = ("ADD", "REMOVE")
AT_ONCE = 5_000
MOST_MEMBERSHIPS = 100


@door("POST")
def membership(request: WSGIRequest, project: Project) -> HttpResponse:
    """The memberships hold in their order: of a user who is named in several, the last one counts."""
    body = body_of(request)
    refuse_groups(body, "count_group")
    skip_invalid = flag(body, "skip_invalid_ids", True)
    cohort = cohort_of(project, body.get("cohort_id"))
    refuse_defined(cohort)
    memberships = _memberships(body.get("memberships"))
    found = [_ids(project, one, number) for number, one in enumerate(memberships)]
    refuse_invalid(found, skip=skip_invalid)
    last = {
        identity: one["operation"] for one, ids in zip(memberships, found, strict=True) for identity in ids.identities
    }
    added = [identity for identity, operation in last.items() if operation == "ADD"]
    removed = [identity for identity, operation in last.items() if operation == "REMOVE"]
    _refuse_too_big(cohort, added)
    with transaction.atomic():
        computation = add_and_remove(cohort, added, removed, CAUSE)
        if computation.entered or computation.left:
            before = computation.size - computation.entered + computation.left
            audit.record("changed the members of", cohort, [("size", before, computation.size)])
    results = [
        {"skipped_ids": ids.invalid, "id_type": one["id_type"], "operation": one["operation"]}
        for one, ids in zip(memberships, found, strict=True)
    ]
    return answer({"cohort_id": cohort.public_id, "memberships_result": results})


def _memberships(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise bad_request("memberships is not a list of {ids, id_type, operation}.")
    if len(given) > MOST_MEMBERSHIPS:
        raise bad_request(f"{len(given)} memberships in one request; at most {MOST_MEMBERSHIPS} are allowed.")
    total = sum(len(one["ids"]) for one in given if isinstance(one.get("ids"), list))
    if total > MOST_IDS:
        raise too_many(total)
    return given


def _ids(project: Project, one: dict[str, Any], number: int) -> GivenIds:
    place = f"memberships.{number}."
    if one.get("operation") not in OPERATIONS:
        raise bad_request(f"{place}operation is not one of {', '.join(OPERATIONS)}.")
    return read_ids(project, one.get("ids"), one.get("id_type"), (BY_AMP_ID[1], BY_USER_ID[1]), place)


def _refuse_too_big(cohort: Cohort, added: list[str]) -> None:
    if cohort.size + len(added) <= MOST_MEMBERS:
        return
    parts = (added[start : start + AT_ONCE] for start in range(0, len(added), AT_ONCE))
    there = sum(Member.objects.filter(cohort=cohort, identity__in=part).count() for part in parts)
    if cohort.size + len(added) - there > MOST_MEMBERS:
        raise bad_request(f"The cohort would have more than {MOST_MEMBERS:,} users.")
