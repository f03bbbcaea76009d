"""Topics of events as single words."""

from django import template

register = template.Library()


@register.filter
def topic_word(topic: str) -> str:
    """`event.track` is `track`; `cohort.computed` stays."""
    return topic.removeprefix("event.")
