"""The cohorts of a project in a declaration, with their syncs: applied whatever order they stand in, and dumped."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import transaction

from cohorts import runs
from cohorts.definition import rules
from cohorts.models import Cohort, Kind, Sync
from cohorts.soon import compute_when_free
from cohorts.specification import (
    MOST_LISTED,
    InvalidCohort,
    describe_cohort,
    describe_sync,
    save_cohort,
    save_sync,
)
from events.models import Project
from events.wake import COHORTS, wake
from streamhub.declaration import Path_

APPLIED = "a file was applied"
Tell = Callable[[Path_, str], None]
Item = tuple[Path_, dict[str, Any]]


def dump_cohorts(project: Project) -> list[dict[str, Any]]:
    """Of a list longer than a file takes, the users are left out: applying it leaves them as they are."""
    return [
        describe_cohort(cohort, with_users=cohort.size <= MOST_LISTED)
        | ({"syncs": syncs} if (syncs := [describe_sync(sync) for sync in _syncs(cohort)]) else {})
        for cohort in Cohort.objects.filter(project=project).order_by("name")
    ]


def _syncs(cohort: Cohort) -> Iterator[Sync]:
    found = cohort.syncs.filter(destination__removed_at=None)
    return found.select_related("destination").order_by("destination__name").iterator()


class AppliedCohorts:
    """`problem` takes what is wrong, with the path in the file; `report` the lines of what happened."""

    def __init__(self, project: Project, items: list[Item], problem: Tell, report: list[str]) -> None:
        self.project, self.items, self.problem, self.report = project, items, problem, report
        self._saved: list[tuple[Path_, dict[str, Any], Cohort]] = []

    def save(self) -> None:
        """The cohorts, each behind those that its definition names."""
        names: set[Any] = set()
        for path, given in self.items:
            name = given.get("name") if isinstance(given.get("name"), str) else None
            if name is not None and name in names:
                self.problem((*path, "name"), f"“{name}” occurs twice in this file.")
            names.add(name)
        for path, given in self._in_order():
            self._save(path, given)

    def _in_order(self) -> list[Item]:
        by_name = {given["name"]: (path, given) for path, given in self.items if isinstance(given.get("name"), str)}
        ordered: dict[Path_, Item] = {}

        def add(item: Item, above: tuple[str, ...]) -> None:
            path, given = item
            if path in ordered:
                return
            for name in _named(given):
                if name in above:
                    way = " → ".join([*above[above.index(name) :], name])
                    if not Cohort.objects.filter(project=self.project, name=name).exists():
                        self.problem(
                            (*path, "definition"), f"It would be built on itself: {way}. Take one of them out."
                        )
                elif name in by_name:
                    add(by_name[name], (*above, name))
            ordered[path] = item

        for item in self.items:
            name = item[1].get("name")
            add(item, (name,) if isinstance(name, str) else ())
        return list(ordered.values())

    def _save(self, path: Path_, given: dict[str, Any]) -> None:
        name = given.get("name")
        known = (
            Cohort.objects.filter(project=self.project, name=name) if isinstance(name, str) else Cohort.objects.none()
        )
        existing = known.first()
        before = existing.definition if existing else None
        try:
            cohort, change = save_cohort(self.project, _without_syncs(given), existing)
        except InvalidCohort as error:
            self._tell(path, error)
            return
        self.report.append(f"cohort {self.project.name} / {cohort.name}: {change}")
        if cohort.kind == Kind.DEFINED and before != cohort.definition:
            compute_when_free(cohort)
        self._saved.append((path, given, cohort))

    def save_syncs(self) -> None:
        """Once the destinations are there. A new sync begins its first run."""
        for path, given, cohort in self._saved:
            syncs = given.get("syncs") or []
            if not isinstance(syncs, list):
                self.problem((*path, "syncs"), "Write a list of syncs.")
                continue
            for number, one in enumerate(syncs):
                self._save_sync((*path, "syncs", number), one, cohort)

    def _save_sync(self, path: Path_, given: Any, cohort: Cohort) -> None:
        named = given.get("destination") if isinstance(given, dict) else None
        own = Sync.objects.filter(cohort=cohort, destination__removed_at=None)
        existing = own.filter(destination__name=named).first() if isinstance(named, str) else None
        try:
            sync, change = save_sync(cohort, given, existing)
        except InvalidCohort as error:
            self._tell(path, error)
            return
        self.report.append(f"sync {self.project.name} / {sync}: {change}")
        if change == "created":
            runs.start(sync, APPLIED)
            transaction.on_commit(partial(wake, COHORTS))

    def _tell(self, path: Path_, error: InvalidCohort) -> None:
        for problem in error.problems:
            parts = (int(part) if part.isdecimal() else part for part in problem.field.split(".") if part)
            self.problem((*path, *parts), problem.message)


def _without_syncs(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != "syncs"}


def _named(given: dict[str, Any]) -> list[str]:
    """The cohorts that a definition names, as far as it is one."""
    definition = given.get("definition")
    if not isinstance(definition, dict):
        return []
    try:
        found = [rule.get(key) for rule in rules(definition) for key in ("in_cohort", "not_in_cohort")]
    except (AttributeError, TypeError):  # saving it says what is wrong
        return []
    return [name for name in found if isinstance(name, str)]
