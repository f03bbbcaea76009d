"""Forms as our pages draw them. Not the global renderer, so that the admin's forms keep their own look."""

from django import forms
from django.forms.renderers import TemplatesSetting


class HubRenderer(TemplatesSetting):
    field_template_name = "pieces/field.html"


class HubForm(forms.Form):
    """{{ form.url.as_field_group }} draws label, control, error and help (templates/pieces/field.html)."""

    default_renderer = HubRenderer
    use_required_attribute = True

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class HubModelForm(forms.ModelForm):
    """`HubForm` for a model."""

    default_renderer = HubRenderer

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
