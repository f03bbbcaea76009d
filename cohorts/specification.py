"""Cohorts and syncs as plain data: what `apply` reads, `dump` prints, forms and the API send. One set of rules.

cohort: {name, description, kind: defined|listed, definition, cadence, users: [user id, …]}
sync:   {destination, properties: [name, …], cadence, batch_size}
"""

from collections.abc import Callable
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.timezone import now

from cohorts.computation import replace_members
from cohorts.definition import BadDefinition, check_definition, cohorts_in
from cohorts.models import Cohort, Kind, Member, Scheduled, Sync, identity_of_user, user_id_of
from cohorts.schedule import BadCadence, Plan, check_cadence, described, next_after
from cohorts.user_ids import BadUserId, check_user_id
from destinations import catalog
from destinations.models import Destination
from events import audit
from events.audit_changes import differences
from events.checking import CheckingMapping, Invalid
from events.dialects.jsonbody import clean
from events.models import Project

Specification = dict[str, Any]
Change = Literal["created", "changed", "unchanged"]

COHORT_KEYS = ("name", "description", "kind", "definition", "cadence", "users")
SYNC_KEYS = ("destination", "properties", "cadence", "batch_size")
MOST_PROPERTIES = 50
MOST_USERS_PER_BATCH = 10_000
MOST_LISTED = 100_000  # users in a file that is applied; longer lists are uploaded
MOST_MEMBERS = 2_000_000


class InvalidCohort(Invalid):
    """A cohort or a sync that was refused; nothing was saved."""


def save_cohort(
    project: Project, given: Specification, existing: Cohort | None = None, by: User | None = None
) -> tuple[Cohort, Change]:
    """Creates or replaces a cohort. Raises InvalidCohort with every problem found, having saved nothing.

    `users` are the members of a listed cohort; without that key they stay as they are. A defined cohort is not computed
    here: `cohorts.computation.compute` does that.
    """
    checked = _Cohort(project, given, existing)
    checked.raise_problems()
    before = describe_cohort(existing) if existing else None
    cohort = existing or Cohort(project=project, created_by=by)
    for field, value in checked.columns.items():
        setattr(cohort, field, value)
    _set_plan(cohort, checked.plan, project.time_zone)
    change: Change = "created" if before is None else "changed"
    with transaction.atomic():
        if before != describe_cohort(cohort):
            cohort.save()
            audit.record(change, cohort, differences(before or {}, describe_cohort(cohort)), by=by)
        elif checked.users is None or checked.users == _listed(cohort):
            return cohort, "unchanged"
    if checked.users is not None and (existing is None or checked.users != _listed(cohort)):
        replace_members(cohort, map(identity_of_user, checked.users), "a list was given")
    return cohort, change


def check_cohort(project: Project, definition: Any, existing: Cohort | None = None) -> Specification:
    """A definition alone, as it would be stored. Raises InvalidCohort."""
    given = {"name": existing.name if existing else "…", "kind": Kind.DEFINED.value, "definition": definition}
    checked = _Cohort(project, given, existing)
    checked.problems = [problem for problem in checked.problems if problem.field.startswith("definition")]
    checked.raise_problems()
    return checked.columns["definition"]


def save_sync(
    cohort: Cohort, given: Specification, existing: Sync | None = None, by: User | None = None
) -> tuple[Sync, Change]:
    """Creates or changes a sync. Raises InvalidCohort. Its first run is the caller's to start."""
    checked = _Sync(cohort, given, existing)
    checked.raise_problems()
    before = describe_sync(existing) if existing else None
    sync = existing or Sync(cohort=cohort, created_by=by)
    for field, value in checked.columns.items():
        setattr(sync, field, value)
    _set_plan(sync, checked.plan, cohort.project.time_zone)
    if before == describe_sync(sync):
        return sync, "unchanged"
    change: Change = "created" if before is None else "changed"
    with transaction.atomic():
        sync.save()
        audit.record(
            change,
            sync.destination,
            differences({"sync": before} if before else {}, {"sync": describe_sync(sync)}),
            by=by,
            name=f"Sync {sync}",
        )
    return sync, change


def describe_cohort(cohort: Cohort, *, with_users: bool = False) -> Specification:
    """What `save_cohort` would take to make it again. Other cohorts in the definition are named, not numbered."""
    described_as: Specification = {"name": cohort.name, "kind": str(cohort.kind)}
    if cohort.description:
        described_as["description"] = cohort.description
    if cohort.kind == Kind.DEFINED:
        described_as |= {"definition": _with_names(cohort), "cadence": described(cohort)}
    elif with_users:
        described_as["users"] = _listed(cohort)
    return described_as


def describe_sync(sync: Sync) -> Specification:
    return {
        "destination": sync.destination.name,
        "properties": sync.properties,
        "cadence": described(sync),
        "batch_size": sync.batch_size,
    }


def most_users_per_batch(destination: Destination | None) -> int:
    """What one request to it may hold: some kinds take fewer."""
    kind = catalog.of(destination) if destination else None
    return min(MOST_USERS_PER_BATCH, kind.most_items or MOST_USERS_PER_BATCH) if kind else MOST_USERS_PER_BATCH


def users_of(cohort: Cohort) -> list[Cohort]:
    """The cohorts whose definitions are built on this one."""
    others = Cohort.objects.filter(project=cohort.project_id, kind=Kind.DEFINED).exclude(pk=cohort.pk)
    return [other for other in others if cohort.public_id in cohorts_in(other.definition)]


def _set_plan(scheduled: Scheduled, plan: Plan, zone: str) -> None:
    """A plan that stays the same keeps its next time; another one begins now."""
    if scheduled.pk and (scheduled.cadence, scheduled.every_minutes, scheduled.daily_at) == (
        plan.cadence,
        plan.every_minutes,
        plan.daily_at,
    ):
        return
    scheduled.cadence, scheduled.every_minutes, scheduled.daily_at = plan.cadence, plan.every_minutes, plan.daily_at
    scheduled.next_at = next_after(plan, now(), zone)


def _listed(cohort: Cohort) -> list[str]:
    identities = Member.objects.filter(cohort=cohort).order_by("identity").values_list("identity", flat=True)
    return [user for identity in identities if (user := user_id_of(identity)) is not None]


def _with_names(cohort: Cohort) -> Any:
    names = dict(Cohort.objects.filter(project=cohort.project_id).values_list("public_id", "name"))
    return _renamed(cohort.definition, lambda public_id: names.get(public_id, public_id))


def _renamed(rule: Any, name: Callable[[str], str]) -> Any:
    if not isinstance(rule, dict):
        return rule
    return {
        key: name(value)
        if key in ("in_cohort", "not_in_cohort")
        else [_renamed(one, name) for one in value]
        if key == "conditions"
        else value
        for key, value in rule.items()
    }


class _Checked(CheckingMapping):
    refusal = InvalidCohort

    def __init__(self, given: Any, known: tuple[str, ...]) -> None:
        super().__init__(given, known)
        self.plan = Plan("once")

    def cadence(self) -> None:
        try:
            self.plan = check_cadence(self.given.get("cadence"))
        except BadCadence as error:
            self.problem("cadence" if error.field == "cadence" else f"cadence.{error.field}", str(error))


class _Cohort(_Checked):
    def __init__(self, project: Project, given: Any, existing: Cohort | None) -> None:
        super().__init__(given, COHORT_KEYS)
        self.project, self.existing = project, existing
        self.users: list[str] | None = None
        self._name()
        self._description()
        self.columns["kind"] = kind = self._kind()
        if kind == Kind.DEFINED:
            self._definition()
            self.cadence()
        else:
            self.columns["definition"] = {}
            self._users()

    def _name(self) -> None:
        name = self.given.get("name")
        name = name.strip() if isinstance(name, str) else ""
        if not 1 <= len(name) <= 200:
            return self.problem("name", "Give the cohort a name of 1 to 200 characters.")
        if not _is_storable(name):
            return self.problem("name", "The name holds a NUL character or half a character.")
        same = Cohort.objects.filter(project=self.project, name=name)
        if (same.exclude(pk=self.existing.pk) if self.existing else same).exists():
            return self.problem("name", f"This project already has a cohort called “{name}”. Choose another name.")
        self.columns["name"] = name
        return None

    def _description(self) -> None:
        description = self.given.get("description") or ""
        if not isinstance(description, str) or len(description) > 2_000:
            return self.problem("description", "Write a text of at most 2,000 characters.")
        if not _is_storable(description):
            return self.problem("description", "The text holds a NUL character or half a character.")
        self.columns["description"] = description.strip()
        return None

    def _kind(self) -> str:
        kind = self.given.get("kind", Kind.LISTED if "users" in self.given else Kind.DEFINED)
        if kind not in Kind.values:
            self.problem("kind", f"“{kind}” is not one of {', '.join(Kind.values)}.")
        elif self.existing and self.existing.kind != kind:
            self.problem("kind", f"This cohort is {self.existing.kind}, and stays so. Make another one.")
        for key in ("users",) if kind == Kind.DEFINED else ("definition", "cadence"):
            if self.given.get(key) not in (None, {}, "once"):
                self.problem(key, f"A {kind} cohort has no {key}.")
        return str(kind)

    def _definition(self) -> None:
        try:
            definition = check_definition(self.given.get("definition"), self._find)
        except BadDefinition as error:
            return self.problems_at("definition", error.problems)
        self.columns["definition"] = definition
        if self.existing and (circle := self._circle(definition)):
            self.problem("definition", f"It would be built on itself: {' → '.join(circle)}. Take one of them out.")
        return None

    def _find(self, named: str) -> str | None:
        found = Cohort.objects.filter(project=self.project)
        by_id = found.filter(public_id=named).first()
        cohort = by_id or found.filter(name=named).first()
        return cohort.public_id if cohort else None

    def _circle(self, definition: Any) -> list[str]:
        """The names on the way from this cohort back to it; empty if there is none."""
        assert self.existing
        rows = Cohort.objects.filter(project=self.project).values_list("public_id", "name", "definition")
        below = {public_id: (name, cohorts_in(rules)) for public_id, name, rules in rows}
        start = self.existing.public_id
        below[start] = (self.existing.name, cohorts_in(definition))
        return _way(start, start, below, [below[start][0]], set())

    def _users(self) -> None:
        given = self.given.get("users")
        if given is None:
            return None
        if not isinstance(given, list) or len(given) > MOST_LISTED:
            return self.problem("users", f"Write a list of at most {MOST_LISTED:,} user ids; upload a longer one.")
        users = []
        for number, user in enumerate(given):
            try:
                users.append(check_user_id(user))
            except BadUserId as error:
                self.problem(f"users.{number}", str(error))
        self.users = sorted(set(users))
        return None


def _is_storable(text: str) -> bool:
    return clean(text)[1] == 0


def _way(here: str, goal: str, below: dict[str, tuple[str, set[str]]], way: list[str], seen: set[str]) -> list[str]:
    for following in sorted(below.get(here, ("", set()))[1]):
        name = below.get(following, (following, set()))[0]
        if following == goal:
            return [*way, name]
        if following not in seen:
            seen.add(following)
            if found := _way(following, goal, below, [*way, name], seen):
                return found
    return []


class _Sync(_Checked):
    def __init__(self, cohort: Cohort, given: Any, existing: Sync | None) -> None:
        super().__init__(given, SYNC_KEYS)
        self.cohort, self.existing = cohort, existing
        self._destination()
        self._properties()
        self._batch_size()
        self.cadence()

    def _destination(self) -> None:
        named = self.given.get("destination")
        found = Destination.objects.filter(project=self.cohort.project_id)
        destination = found.filter(pk=named.pk).first() if isinstance(named, Destination) else None
        if destination is None and isinstance(named, str):
            destination = found.filter(name=named).first()
        if destination is None:
            return self.problem("destination", f"There is no destination “{named or ''}” in this project. Choose one.")
        if self.existing and self.existing.destination_id != destination.pk:
            return self.problem("destination", "A sync stays with its destination. Remove it and make another one.")
        if not self.existing and Sync.objects.filter(cohort=self.cohort, destination=destination).exists():
            return self.problem("destination", f"This cohort is synced to {destination} already.")
        self.columns["destination"] = destination
        return None

    def _properties(self) -> None:
        given = self.given.get("properties") or []
        if not isinstance(given, list) or not all(isinstance(name, str) and name.strip() for name in given):
            return self.problem("properties", "Write a list of names of user properties.")
        names = list(dict.fromkeys(name.strip() for name in given))
        if len(names) > MOST_PROPERTIES:
            return self.problem(
                "properties", f"{len(names)} user properties are chosen; at most {MOST_PROPERTIES} can travel along."
            )
        self.columns["properties"] = names
        return None

    def _batch_size(self) -> None:
        most = most_users_per_batch(self.columns.get("destination"))
        size = self.given.get("batch_size", min(1_000, most))
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= most:
            return self.problem("batch_size", f"Write a whole number of users from 1 to {most:,}.")
        self.columns["batch_size"] = size
        return None
