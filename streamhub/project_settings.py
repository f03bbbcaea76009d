"""A project's name, time zone, retention and limit as plain data: one set of rules for pages, the API and files."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from cohorts.time_zones import BadTimeZone, plan_days_anew, set_time_zone
from events import audit, ingest_limit, retention_rules
from events.audit_changes import differences
from events.checking import Invalid, Problem
from events.dialects.jsonbody import clean
from events.membership import add_member, may_create_projects
from events.models import Project, new_secret_key
from events.roles import Role

SETTINGS = ("time_zone", "retention", "most_events_per_second")
KEYS = ("name", *SETTINGS)
MOST_NAME = 100


class InvalidProject(Invalid):
    """Settings that were refused; nothing was saved."""


class MayNotCreate(ValueError):
    """This person makes no projects; the message says whom to ask."""


def describe(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "time_zone": project.time_zone,
        "retention": retention_rules.describe(project),
        "most_events_per_second": project.most_events_per_second,
    }


def create(given: dict[str, Any], by: User) -> Project:
    """A new project, and who made it as its first admin. Raises InvalidProject and MayNotCreate."""
    if not may_create_projects(by):
        raise MayNotCreate("Only administrators can make projects. Ask one of them.")
    project = Project()
    if problems := list(_enter(project, {"name": None} | given)):
        raise InvalidProject(problems)
    with transaction.atomic():
        project.save()
        audit.record("created", project)
        add_member(project, by, Role.ADMIN)
    return project


def change(project: Project, given: dict[str, Any]) -> bool:
    """Enters what is given, the rest stays; whether any of it changed. Raises InvalidProject: then `project` may differ
    from what is stored."""
    before, problems = describe(project), list(_enter(project, given))
    if problems:
        raise InvalidProject(problems)
    after = describe(project)
    if before == after:
        return False
    with transaction.atomic():
        project.save()
        audit.record("changed", project, differences(before, after))
        if before["time_zone"] != after["time_zone"]:
            plan_days_anew(project)
    return True


def renew_secret_key(project: Project) -> str:
    """The new secret key: only its hash is kept, so it is shown this once. The one before ends."""
    key = new_secret_key()
    with transaction.atomic():
        action = "replaced the secret key of" if project.secret_key_hash else "made a secret key for"
        project.set_secret_key(key)
        project.save(update_fields=["secret_key_hash", "secret_key_end"])
        audit.record(action, project)
    return key


def _enter(project: Project, given: dict[str, Any]) -> Iterator[Problem]:
    yield from (
        Problem(key, f"“{key}” is not a known key. Known: {', '.join(KEYS)}.") for key in given if key not in KEYS
    )
    if "name" in given:
        yield from _name(project, given["name"])
    yield from enter_settings(project, given)


def enter_settings(project: Project, given: dict[str, Any]) -> Iterator[Problem]:
    """Enters those of SETTINGS that are given and not None, and says what is wrong. Does not save."""
    if given.get("time_zone") is not None:
        try:
            set_time_zone(project, given["time_zone"])
        except BadTimeZone as error:
            yield Problem("time_zone", str(error))
    if (days := given.get("retention")) is not None:
        yield from _retention(project, days)
    if (most := given.get("most_events_per_second")) is not None:
        try:
            ingest_limit.set_limit(project, most)
        except ingest_limit.BadLimit as error:
            yield Problem("most_events_per_second", str(error))


def _name(project: Project, name: Any) -> Iterator[Problem]:
    name = name.strip() if isinstance(name, str) else ""
    if not 1 <= len(name) <= MOST_NAME or clean(name)[1]:
        yield Problem("name", f"Give the project a name of 1 to {MOST_NAME} characters.")
    elif Project.objects.filter(name=name).exclude(pk=project.pk).exists():
        yield Problem("name", "There is a project of this name already. Choose another.")
    else:
        project.name = name


def _retention(project: Project, days: Any) -> Iterator[Problem]:
    if not isinstance(days, dict):
        yield Problem("retention", f"Write a mapping of days: {', '.join(retention_rules.FIELDS)}.")
        return
    try:
        retention_rules.set_retention(project, days)
    except retention_rules.InvalidRetention as error:
        yield from (Problem(f"retention.{key}" if key else "retention", words) for key, words in error.problems.items())
