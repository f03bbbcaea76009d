"""{% icon "webhook" %}: an icon as inline SVG, silent to screen readers because words always stand next to it."""

from functools import cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 17) -> SafeString:
    """Any name of lucide.dev; `size` in pixels."""
    return SafeString(lucide(str(name), size=size, aria_hidden="true").replace("\n", ""))
