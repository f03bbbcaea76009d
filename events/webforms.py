"""Forms as our pages draw them. Not the global renderer, so that the admin's forms keep their own look."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer, TemplatesSetting


class HubRenderer(TemplatesSetting):
    field_template_name = "pieces/field.html"


class _Drawn:
    """{{ form.url.as_field_group }} draws label, control, error and help (templates/pieces/field.html)."""

    default_renderer: BaseRenderer | type[BaseRenderer] | None = HubRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class HubForm(_Drawn, forms.Form):
    __doc__ = _Drawn.__doc__


class HubModelForm(_Drawn, forms.ModelForm):
    __doc__ = _Drawn.__doc__
