"""{% load readiness %}: whether a destination can be switched on."""

from django import template

from destinations import readiness, tabs
from destinations.models import Destination

register = template.Library()


@register.simple_tag
def checks(destination: Destination) -> list[readiness.Check]:
    """{% checks destination as lines %}"""
    return readiness.checks(destination)


@register.filter
def url_warnings(destination: Destination) -> tuple[str, ...]:
    return readiness.url_warnings(destination)


@register.simple_tag
def tabs_of(destination: Destination, door: str) -> list[tabs.Shown]:
    """{% tabs_of destination "destination_filter" as tabs %}"""
    return tabs.shown_tabs(destination, door)
