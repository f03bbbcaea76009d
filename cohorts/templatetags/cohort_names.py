"""The cohorts of a project for pages of others: {% cohorts_of project as cohorts %}."""

from django import template

from cohorts.models import Cohort
from events.models import Project

register = template.Library()

MOST = 50


@register.simple_tag
def cohorts_of(project: Project) -> list[tuple[str, str]]:
    """(name, id) of at most fifty."""
    return list(Cohort.objects.filter(project=project).order_by("name").values_list("name", "public_id")[:MOST])
