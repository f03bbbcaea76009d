"""{% load payload %}: what the Payload tab shows of requests and differences."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from destinations.differences import Line
from destinations.models import Destination
from destinations.preview import shown_headers as _shown_headers
from destinations.sample_batches import Offered, offered_batches

register = template.Library()

DRAWN = {
    "gone": SafeString("<del>- {}\n</del>"),
    "new": SafeString("<ins>+ {}\n</ins>"),
    "same": SafeString("<span>  {}\n</span>"),
    "cut": SafeString('<span class="is-cut">{}\n</span>'),
}


@register.filter
def shown_headers(destination: Destination) -> list[tuple[str, str]]:
    """{% for name, value in destination|shown_headers %}: secrets masked."""
    return _shown_headers(destination)


@register.filter
def batches(destination: Destination) -> list[Offered]:
    """{% for one in destination|batches %}: of real members, for a destination of cohorts."""
    return offered_batches(destination)


@register.filter
def as_difference(lines: list[Line]) -> SafeString:
    """{{ lines|as_difference }}: for <pre class="sh-difference">."""
    return format_html_join("", "{}", ((format_html(DRAWN[line.kind], line.text),) for line in lines))
