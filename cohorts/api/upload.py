"""`POST /api/3/cohorts/upload`: a listed cohort made, or the members of one replaced."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse

from cohorts.api.door import body_of, cohort_of, door
from cohorts.api.fields import flag, refuse_groups
from cohorts.api.given_ids import BY_AMP_ID, BY_USER_ID, read_ids, refuse_invalid
from cohorts.computation import replace_members
from cohorts.models import Cohort, Kind
from cohorts.specification import InvalidCohort, describe_cohort, save_cohort
from events import audit
from events.api.errors import Refused, answer, bad_request
from events.models import Project

CAUSE = "API upload"


@door("POST")
def upload(request: WSGIRequest, project: Project) -> HttpResponse:
    """`app_id`, `owner` and `published` are taken and mean nothing: the keys name the project, and whoever is a member
    of it sees its cohorts."""
    body = body_of(request)
    refuse_groups(body, "cg")
    skip_invalid, skip_save = flag(body, "skip_invalid_ids", True), flag(body, "skip_save", False)
    existing = _existing(project, body.get("existing_cohort_id"))
    found = read_ids(project, body.get("ids"), body.get("id_type"), (BY_AMP_ID[0], BY_USER_ID[0]), "")
    refuse_invalid([found], skip=skip_invalid)
    metadata = {
        "matched": len(found.identities),
        "totals": len(body["ids"]),
        "invalid_ids_sample": found.sample,
    }
    if skip_save:
        return answer({"cohortId": None, "metadata": metadata})
    with transaction.atomic():
        cohort = _saved(project, body.get("name"), existing)
        computation = replace_members(cohort, found.identities, CAUSE)
        audit.record("replaced the members of", cohort, [("size", None, computation.size)])
    return answer({"cohortId": cohort.public_id, "metadata": metadata})


def _existing(project: Project, named: Any) -> Cohort | None:
    if named in (None, ""):
        return None
    cohort = cohort_of(project, named)
    refuse_defined(cohort)
    return cohort


def refuse_defined(cohort: Cohort) -> None:
    if cohort.kind == Kind.DEFINED:
        raise bad_request(f"The members of “{cohort.name}” follow from its conditions, so they cannot be set.")


def _saved(project: Project, name: Any, existing: Cohort | None) -> Cohort:
    """A name for an existing cohort renames it."""
    if existing is not None and name in (None, "", existing.name):
        return existing
    given: dict[str, Any] = describe_cohort(existing) if existing else {"kind": str(Kind.LISTED)}
    try:
        return save_cohort(project, given | {"name": name}, existing)[0]
    except InvalidCohort as error:
        problems = {problem.field: problem.message for problem in error.problems}
        raise Refused(400, "invalid_request", " ".join(problems.values()), {"problems": problems}) from None
