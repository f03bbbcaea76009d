"""States as coloured words: one table for the whole product, never colour alone."""

from typing import Any

from django import template
from django.utils.html import format_html

register = template.Library()

# state -> (tone, word)
DELIVERY = {
    "queued": ("info", "Queued"),
    "retrying": ("warn", "Retrying"),
    "delivered": ("ok", "Delivered"),
    "failed": ("bad", "Failed"),
    "expired": ("bad", "Gave up"),
    "cancelled": ("off", "Cancelled"),
    "held": ("off", "Held"),
}
DESTINATION = {
    "healthy": ("ok", "Healthy"),
    "degraded": ("warn", "Degraded"),
    "held": ("bad", "Held"),
    "failing": ("bad", "Failing"),
    "paused": ("off", "Paused"),
    "off": ("off", "Off"),
    "no data": ("off", "No data"),
}


@register.simple_tag
def badge(tone: str, text: str) -> str:
    """{% badge "warn" "Not JSON" %}: ok, warn, bad, info, off or accent."""
    return format_html('<span class="sh-badge is-{}">{}</span>', tone, text)


@register.simple_tag
def delivery_badge(state: str) -> str:
    """{% delivery_badge delivery.state %}"""
    return badge(*DELIVERY.get(str(state), ("off", str(state).capitalize())))


@register.simple_tag
def destination_badge(health: str) -> str:
    """{% destination_badge row.health %}: healthy, degraded, failing, held, paused, off or no data."""
    return badge(*DESTINATION.get(str(health), ("off", str(health).capitalize())))


@register.filter
def http_tone(status: int | None) -> str:
    """2xx ok, 3xx and 429 warn, everything else (no answer included) bad."""
    if status and 200 <= status < 300:
        return "ok"
    return "warn" if status and (300 <= status < 400 or status == 429) else "bad"


@register.simple_tag
def http_code(status: int | None, otherwise: Any = "") -> str:
    """{% http_code attempt.status "Timeout" %}: the status in its colour, or the word that stands for its absence."""
    if not status and not otherwise:
        return "–"
    return format_html('<span class="sh-http is-{}">{}</span>', http_tone(status), status or otherwise)
