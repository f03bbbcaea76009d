"""From draft to catalog: submitted, approved or returned with a comment, published, withdrawn. Each step stands in the
audit trail."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import now

from destinations.kind.check import check_definition
from destinations.kind.problems import Problem
from destinations.models import KindVersion, PortalKind, Stage
from events import audit
from events.membership import is_operator

REVIEW = "destinations.review_kind"
MOST_COMMENT = 2_000


class StepRefused(ValueError):
    """Why a kind stays where it is; the message says what to do."""

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []


def may_review(user: User, version: KindVersion) -> bool:
    """Those who run the installation, and whoever has the permission for what others wrote. Authors approve their own
    where the installation says so."""
    if is_operator(user):
        return True
    if version.author_id == user.pk:
        return settings.AUTHORS_APPROVE
    return user.has_perm(REVIEW)


@transaction.atomic
def submit(version: KindVersion) -> None:
    """Raises StepRefused with everything that is wrong."""
    version = _at(version, Stage.DRAFT, Stage.RETURNED)
    problems = check_definition(version.kind.slug, version.definition, bytes(version.logo))
    if not problems and not version.definition.get("request", {}).get("url"):
        problems = [Problem(("request", "url"), "Write the URL that the kind sends to.")]
    if problems:
        count = len(problems)
        raise StepRefused(f"{count} thing{'s' if count > 1 else ''} to mend before it can be submitted.", problems)
    _move(version, Stage.SUBMITTED, "submitted")


@transaction.atomic
def approve(version: KindVersion, user: User) -> None:
    """Raises StepRefused."""
    version = _at(version, Stage.SUBMITTED)
    _check_reviewer(version, user)
    _move(version, Stage.APPROVED, "approved")


@transaction.atomic
def give_back(version: KindVersion, user: User, comment: str) -> None:
    """With what its author should change. Raises StepRefused."""
    version = _at(version, Stage.SUBMITTED, Stage.APPROVED)
    _check_reviewer(version, user)
    comment = comment.strip()[:MOST_COMMENT]
    if not comment:
        raise StepRefused("Say in the comment what is to be changed.")
    _move(version, Stage.RETURNED, "returned", comment)


@transaction.atomic
def publish(version: KindVersion) -> None:
    """New destinations get it from now on; those that exist stay as they are. Raises StepRefused."""
    version = _at(version, Stage.APPROVED)
    _move(version, Stage.PUBLISHED, "published")
    kind = version.kind
    kind.current, kind.withdrawn_at = version, None
    kind.save(update_fields=["current", "withdrawn_at"])


@transaction.atomic
def withdraw(kind: PortalKind) -> None:
    """Out of the catalog; its destinations go on. Raises StepRefused."""
    if kind.current_id is None or kind.withdrawn_at is not None:
        raise StepRefused("It is not in the catalog.")
    kind.withdrawn_at = now()
    kind.save(update_fields=["withdrawn_at"])
    audit.record("withdrew", kind)


@transaction.atomic
def bring_back(kind: PortalKind) -> None:
    """Into the catalog again, as it was. Raises StepRefused."""
    if kind.withdrawn_at is None:
        raise StepRefused("It is in the catalog.")
    kind.withdrawn_at = None
    kind.save(update_fields=["withdrawn_at"])
    audit.record("brought back", kind)


def _at(version: KindVersion, *stages: Stage) -> KindVersion:
    """The row as it is now, and until the transaction ends."""
    stored = KindVersion.objects.select_for_update(of=("self",)).select_related("kind").get(pk=version.pk)
    if stored.stage not in stages:
        raise StepRefused(f"{stored} is {stored.get_stage_display().lower()} by now. Reload the page.")
    return stored


def _check_reviewer(version: KindVersion, user: User) -> None:
    if not may_review(user, version):
        raise StepRefused("Somebody else has to review it: an administrator, or one who may approve kinds.")


def _move(version: KindVersion, stage: Stage, action: str, comment: str = "") -> None:
    before, version.stage, version.comment = version.stage, stage, comment
    version.save(update_fields=["stage", "comment", "updated_at"])
    changes = [("version", None, version.number), ("stage", before, stage.value)]
    audit.record(action, version.kind, changes + ([("comment", None, comment)] if comment else []))
