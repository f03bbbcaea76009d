"""Forms as our pages draw them. Not the global renderer, so that the admin's forms keep their own look."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer, TemplatesSetting


class HubRenderer(TemplatesSetting):
    field_template_name = "pieces/field.html"


class HubForm(forms.Form):
    """{{ form.url.as_field_group }} draws label, control, error and help (templates/pieces/field.html)."""

    default_renderer: BaseRenderer | type[BaseRenderer] | None = HubRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
