"""Cohorts in the filters of destinations: people write their names, events carry their ids."""

from collections.abc import Callable
from typing import Any

from cohorts.models import Cohort
from events.models import Project

PROPERTY = "cohorts"


def with_ids(project: Project, rules: Any) -> Any:
    """The filter as it is checked and stored. What is no cohort's name stays as it is."""
    return _translated(rules, lambda: dict(Cohort.objects.filter(project=project).values_list("name", "public_id")))


def with_names(project: Project, rules: Any) -> Any:
    """The filter as a file shows it."""
    return _translated(rules, lambda: names_of(project.pk))


def names_of(project: int) -> dict[str, str]:
    """Public id -> name, of all cohorts of the project with this id."""
    return dict(Cohort.objects.filter(project=project).values_list("public_id", "name"))


def _translated(rules: Any, read: Callable[[], dict[str, str]]) -> Any:
    return _group(rules, read()) if _names_cohorts(rules) else rules


def _names_cohorts(rule: Any) -> bool:
    if not isinstance(rule, dict):
        return False
    inner = rule.get("conditions")
    return rule.get("property") == PROPERTY or (isinstance(inner, list) and any(map(_names_cohorts, inner)))


def _group(rule: Any, words: dict[str, str]) -> Any:
    if not _names_cohorts(rule):
        return rule
    if rule.get("property") == PROPERTY:
        return rule | {"value": _value(rule["value"], words)} if "value" in rule else rule
    return rule | {"conditions": [_group(one, words) for one in rule["conditions"]]}


def _value(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_value(one, words) for one in value]
    return words.get(value, value) if isinstance(value, str) else value
