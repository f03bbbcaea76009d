"""Projects as code: what `apply` does with a declaration, and what `dump` writes."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from cohorts.time_zones import plan_days_anew
from delivery.hooks import secrets as hooks
from destinations import specification
from destinations.event_rules import BadRule
from destinations.models import Destination
from destinations.saved_event_rules import replace_rules, rules_of
from destinations.signing_rules import BadSigning
from events import audit
from events.audit_changes import differences
from events.models import Project, hash_secret, new_write_key
from streamhub import declared_destinations
from streamhub.declaration import Declaration, DeclarationError, Path_
from streamhub.declared_cohorts import AppliedCohorts, dump_cohorts
from streamhub.declared_monitors import KEYS, apply_watched, dump_watched
from streamhub.project_settings import SETTINGS, describe, enter_settings

PROJECT_KEYS: tuple[str, ...] = ("name", "api_key", "secret_key", *SETTINGS, "cohorts", "destinations")
PROJECT_KEYS += ("event_transformations", "incoming_webhooks", *KEYS)
WRITE_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def apply(declaration: Declaration) -> list[str]:
    """Makes the installation match the file and says what happened to each thing; all of it, or nothing.

    Projects are matched by name, what belongs to one by project and name. What the file does not name is left alone.
    Raises DeclarationError with every problem found.
    """
    applying = _Applying(declaration)
    with transaction.atomic():
        applying.run()
        if applying.problems:
            raise DeclarationError(applying.problems)
    return applying.report


def dump(*, with_secrets: bool = False) -> dict[str, Any]:
    """What `apply` takes to make the same again. Secret header values are null unless asked for; secret keys are
    stored as hashes and cannot be written."""
    return {
        "projects": [dump_project(project, with_secrets=with_secrets) for project in Project.objects.order_by("name")]
    }


def dump_project(project: Project, *, with_secrets: bool = False) -> dict[str, Any]:
    return {
        "name": project.name,
        "api_key": project.api_key,
        **{key: value for key, value in describe(project).items() if key in SETTINGS},
        **_incoming_webhooks(project, with_secrets=with_secrets),
        **({"event_transformations": rules} if (rules := rules_of(project)) else {}),
        **({"cohorts": cohorts} if (cohorts := dump_cohorts(project)) else {}),
        "destinations": [
            declared_destinations.describe(destination, with_secrets=with_secrets)
            for destination in project.destinations.prefetch_related("headers").order_by("name")
        ],
        **dump_watched(project, with_secrets=with_secrets),
    }


def _incoming_webhooks(project: Project, *, with_secrets: bool) -> dict[str, Any]:
    described = hooks.describe(project, with_secrets=with_secrets)
    return {"incoming_webhooks": described} if described else {}


def dump_destination(destination: Destination) -> dict[str, Any]:
    """One destination as `apply` takes it, its secret values null. Without the project's key: it stays where it is."""
    return {
        "projects": [{"name": destination.project.name, "destinations": [declared_destinations.describe(destination)]}]
    }


def import_destinations(project: Project, declaration: Declaration) -> dict[str, str]:
    """Makes or replaces the destinations of a file in this project, and says what happened to each; all, or nothing.

    The file holds `destinations`, or `projects` with one project, whose name and keys are left aside. Raises
    DeclarationError with every problem found.
    """
    applying = _Applying(declaration)
    with transaction.atomic():
        applying.run_in(project)
        if applying.problems:
            raise DeclarationError(applying.problems)
    return applying.changes


class _Applying:
    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.problems: list[str] = []
        self.report: list[str] = []
        self.changes: dict[str, str] = {}

    def problem(self, path: Path_, message: str) -> None:
        name = ".".join(str(part) for part in path)
        self.problems.append(f"{self.declaration.place(path)}: {name + ': ' if name else ''}{message}")

    def run(self) -> None:
        data = self.declaration.data
        if not isinstance(data, dict) or not isinstance(data.get("projects"), list):
            return self.problem((), "The file must hold a list under “projects”.")
        self.unknown_keys((), data, ("projects",))
        names: set[str] = set()
        for path, given in self.mappings(("projects",), data["projects"]):
            self.unknown_keys(path, given, PROJECT_KEYS)
            if given.get("name") in names:
                self.problem((*path, "name"), f"“{given['name']}” occurs twice in this file.")
            names.add(given.get("name", ""))
            self.project(path, given)
        return None

    def run_in(self, project: Project) -> None:
        data = self.declaration.data
        if not isinstance(data, dict) or not {"projects", "destinations"} & set(data):
            return self.problem((), "The file must hold a list under “destinations”, or one project under “projects”.")
        if "projects" not in data:
            self.unknown_keys((), data, ("destinations",))
            return self.destinations((), data, project)
        self.unknown_keys((), data, ("projects",))
        given = data["projects"]
        if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
            return self.problem(("projects",), "Keep one project here: the one whose destinations are meant.")
        self.unknown_keys(("projects", 0), given[0], PROJECT_KEYS)
        return self.destinations(("projects", 0), given[0], project)

    def mappings(self, path: Path_, items: list[Any]) -> Iterator[tuple[Path_, dict[str, Any]]]:
        for number, item in enumerate(items):
            if isinstance(item, dict):
                yield (*path, number), item
            else:
                self.problem((*path, number), "Write a mapping here, beginning with its name.")

    def unknown_keys(self, path: Path_, given: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in given:
            if key not in known:
                self.problem((*path, key), f"“{key}” is not a known key. Known: {', '.join(known)}.")

    def project(self, path: Path_, given: dict[str, Any]) -> None:
        name = given.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > 100:
            return self.problem((*path, "name"), "Give the project a name of 1 to 100 characters.")
        found = Project.objects.filter(name=name).first()
        project = found or Project(name=name)
        before, new_keys = describe(project), self.keys(path, given, project)
        for problem in enter_settings(project, given):
            self.problem((*path, *_parts(problem.field)), problem.message)
        after = describe(project)
        changed = new_keys or before != after
        if not found or changed:
            project.save()
        if not found:
            audit.record("created", project)
        elif new_keys:
            audit.record("changed the keys of", project)
        if found and before != after:
            audit.record("changed", project, differences(before, after))
        if found and before["time_zone"] != after["time_zone"]:
            plan_days_anew(project)
        changed |= self.incoming_webhooks(path, given, project)
        self.report.append(f"project {name}: {'created' if not found else 'changed' if changed else 'unchanged'}")
        return self.contents(path, given, project)

    def contents(self, path: Path_, given: dict[str, Any], project: Project) -> None:
        """Cohorts first, because filters may name them; their syncs last, because they name destinations."""
        cohorts = given.get("cohorts") or []
        if not isinstance(cohorts, list):
            return self.problem((*path, "cohorts"), "Write a list of cohorts.")
        items = list(self.mappings((*path, "cohorts"), cohorts))
        self.event_transformations(path, given, project)
        applied = AppliedCohorts(project, items, self.problem, self.report)
        applied.save()
        self.destinations(path, given, project)
        apply_watched(path, given, project, self.problem, self.report)
        return applied.save_syncs()

    def event_transformations(self, path: Path_, given: dict[str, Any], project: Project) -> None:
        """Those that the file names are all that there are."""
        if given.get("event_transformations") is None:
            return
        try:
            changed = replace_rules(project, given["event_transformations"])
        except BadRule as error:
            for place, message in error.problems:
                self.problem((*path, "event_transformations", *place), message)
        else:
            self.report.append(f"event transformations of {project.name}: {'changed' if changed else 'unchanged'}")

    def destinations(self, path: Path_, given: dict[str, Any], project: Project) -> None:
        destinations = given.get("destinations") or []
        if not isinstance(destinations, list):
            return self.problem((*path, "destinations"), "Write a list of destinations.")
        names: set[Any] = set()
        for place, one in self.mappings((*path, "destinations"), destinations):
            name = one.get("name")
            if isinstance(name, str) and name in names:
                self.problem((*place, "name"), f"“{name}” occurs twice in this file.")
            names.add(name if isinstance(name, str) else None)
            self.destination(place, one, project)
        return None

    def keys(self, path: Path_, given: dict[str, Any], project: Project) -> bool:
        changed = False
        key = given.get("api_key") or project.api_key or new_write_key()
        if not isinstance(key, str) or not WRITE_KEY.fullmatch(key):
            self.problem((*path, "api_key"), "A write key has 8 to 64 letters, digits, - or _.")
        elif Project.objects.filter(api_key=key).exclude(pk=project.pk).exists():
            self.problem((*path, "api_key"), "Another project has this write key. Choose another.")
        elif key != project.api_key:
            project.api_key, changed = key, True
        secret = given.get("secret_key")
        if secret is not None and (not isinstance(secret, str) or len(secret) < 8):
            self.problem((*path, "secret_key"), "A secret key has at least 8 characters.")
        elif secret is not None and hash_secret(secret) != project.secret_key_hash:
            project.set_secret_key(secret)
            changed = True
        return changed

    def incoming_webhooks(self, path: Path_, given: dict[str, Any], project: Project) -> bool:
        wanted, path = given.get("incoming_webhooks"), (*path, "incoming_webhooks")
        if wanted is None:
            return False
        if not isinstance(wanted, dict):
            self.problem(path, "Write {secrets: [{value, until}]}.")
            return False
        self.unknown_keys(path, wanted, ("secrets",))
        try:
            return hooks.set_secrets(project, wanted.get("secrets"))
        except BadSigning as error:
            for problem in error.problems:
                self.problem((*path, *problem.place), problem.message)
            return False

    def destination(self, path: Path_, given: dict[str, Any], project: Project) -> None:
        name = given.get("name")
        existing = Destination.objects.filter(project=project, name=name).first() if isinstance(name, str) else None
        try:
            destination, change = declared_destinations.save(project, given, existing)
        except specification.InvalidDestination as error:
            for problem in error.problems:
                self.problem((*path, *_parts(problem.field)), problem.message)
        else:
            self.report.append(f"destination {project.name} / {destination.name}: {change}")
            self.changes[destination.name] = change


def _parts(field: str) -> Path_:
    return tuple(int(part) if part.isdigit() else part for part in field.split("."))
