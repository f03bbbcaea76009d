"""The event transformations of a project as rows: saved, removed, and as `apply` and `dump` have them."""

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from destinations.event_rules import MOST_RULES, BadRule, Problems, Rule, check_rule
from destinations.models import Destination, EventRule
from destinations.versions import add_event_rules_version
from events import audit
from events.audit_changes import differences
from events.models import Event, Project


def rules_of(project: Project) -> list[Rule]:
    """As they are given."""
    return [rule.as_given for rule in EventRule.objects.filter(project=project)]


def rule_for(event: Event) -> EventRule | None:
    """The rule that transforms an event."""
    rules = EventRule.objects.filter(project=event.project_id)
    return next((rule for rule in rules if event.event_type in rule.types), None)


def checked(project: Project, given: Any, existing: EventRule | None = None) -> Rule:
    """Raises BadRule."""
    others = EventRule.objects.filter(project=project)
    if existing:
        others = others.exclude(pk=existing.pk)
    return check_rule(given, [rule.as_given for rule in others])


@transaction.atomic
def save_rule(project: Project, given: Any, existing: EventRule | None = None) -> EventRule:
    """Adds a rule, or replaces one. Raises BadRule."""
    _lock(project)
    if existing is None and EventRule.objects.filter(project=project).count() >= MOST_RULES:
        raise BadRule([((), f"There are {MOST_RULES:,} rules. Remove one first, or add the types to one of them.")])
    wanted = checked(project, given, existing)
    before = existing.as_given if existing else None
    rule = existing or EventRule(project=project)
    rule.types, rule.to, rule.category = wanted["types"], wanted.get("to", ""), wanted.get("category", "")
    rule.save()
    if before != wanted:
        audit.record("changed" if before else "created", rule, differences(before, wanted))
        _follow_up(project)
    return rule


@transaction.atomic
def remove_rule(rule: EventRule) -> None:
    _lock(rule.project)
    audit.record("deleted", rule, differences(rule.as_given, {}))
    rule.delete()
    _follow_up(rule.project)


@transaction.atomic
def replace_rules(project: Project, given: Any) -> bool:
    """All of the project's rules; whether anything changed. Raises BadRule, its places beginning with a number."""
    _lock(project)
    wanted, before = _all_checked(given), rules_of(project)
    if wanted == before:
        return False
    EventRule.objects.filter(project=project).delete()
    EventRule.objects.bulk_create(
        EventRule(project=project, types=one["types"], to=one.get("to", ""), category=one.get("category", ""))
        for one in wanted
    )
    changes = differences({"event_transformations": before}, {"event_transformations": wanted})
    audit.record("changed", project, changes)
    _follow_up(project)
    return True


def _all_checked(given: Any) -> list[Rule]:
    if not isinstance(given, list):
        raise BadRule([((), "Write a list of {types: [name, …], to: name}.")])
    if len(given) > MOST_RULES:
        raise BadRule([((), f"There are {len(given):,} rules; at most {MOST_RULES:,} are allowed.")])
    rules: list[Rule] = []
    problems: Problems = []
    for number, one in enumerate(given):
        try:
            rules.append(check_rule(one, rules))
        except BadRule as error:
            problems += [((number, *place), message) for place, message in error.problems]
    if problems:
        raise BadRule(problems)
    return rules


def _lock(project: Project) -> None:
    """Two rules must not take the same type at once, and two versions not the same number."""
    Project.objects.select_for_update().get(pk=project.pk)


def _follow_up(project: Project) -> None:
    """What is in use now is a version, and workers compile filters and payloads anew."""
    add_event_rules_version(project, rules_of(project), audit.actor().user)
    Destination.objects.filter(project=project).update(updated_at=now())
