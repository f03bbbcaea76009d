"""Tags of the developer portal's pages."""

from typing import Any

from django import template

from destinations.models import PortalKind
from destinations.portal.editor_form import EditorForm

register = template.Library()
TONES = {"draft": "off", "submitted": "info", "returned": "bad", "approved": "accent", "published": "ok"}


@register.inclusion_tag("portal/field.html")
def kind_field(form: EditorForm, *place: Any) -> dict[str, Any]:
    """{% kind_field form "parameters" number "name" %}"""
    return {"field": form.field(".".join(map(str, place)))}


@register.filter
def rows(form: EditorForm, name: str) -> range:
    return form.rows(name)


@register.filter
def stage_tone(stage: str) -> str:
    return TONES.get(stage, "off")


@register.filter
def published_number(kind: PortalKind) -> int | None:
    """The version that new destinations get; None where it is not in the catalog."""
    return kind.current.number if kind.current and kind.withdrawn_at is None else None
