"""{% load readiness %}: whether a destination can be switched on."""

from django import template

from destinations import readiness
from destinations.models import Destination

register = template.Library()


@register.simple_tag
def checks(destination: Destination) -> list[readiness.Check]:
    """{% checks destination as lines %}"""
    return readiness.checks(destination)


@register.filter
def url_warnings(destination: Destination) -> tuple[str, ...]:
    return readiness.url_warnings(destination)
