"""A kind's parameters as form fields, and back as the specification's `parameters`."""

from typing import Any

from django import forms

from destinations.kind.definition import Kind, Parameter
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.parameter_rows import RowsField
from destinations.secrets import SecretUnreadable, masked

PREFIX = "parameter-"


def parameter_fields(kind: Kind) -> dict[str, forms.Field]:
    """By their names in the form, in the kind's order."""
    return {
        f"{PREFIX}{parameter.name}": _field(
            parameter,
            parameter.label if is_needed(parameter) else f"{parameter.label} (optional)",
        )
        for parameter in kind.parameters
    }


def _field(parameter: Parameter, label: str) -> forms.Field:
    if parameter.type == "rows":
        return RowsField(parameter, label=label, help_text=parameter.help)
    return forms.CharField(required=False, widget=_widget(parameter), label=label, help_text=parameter.help)


def is_needed(parameter: Parameter) -> bool:
    """Whether it has a value in any case: its user's, or its default."""
    return parameter.required or parameter.default is not None


def stored_parameters(kind: Kind, destination: Destination) -> dict[str, Any]:
    """The fields' values. A stored secret is never sent to the page."""
    values = _readable(destination)
    return {
        f"{PREFIX}{parameter.name}": _as_text(values[parameter.name])
        for parameter in kind.parameters
        if not parameter.secret and parameter.name in values
    }


def mask_secrets(kind: Kind, destination: Destination, fields: dict[str, forms.Field]) -> None:
    """Shows that a secret is stored: its field is empty, and left empty keeps it."""
    values = _readable(destination)
    for parameter in kind.parameters:
        if parameter.secret and parameter.name in values:
            attributes = {"placeholder": masked(str(values[parameter.name])), "data-kept": ""}
            fields[f"{PREFIX}{parameter.name}"].widget.attrs |= attributes


def typed_parameters(kind: Kind, cleaned: dict[str, Any]) -> dict[str, Any]:
    """As the specification takes them: None for a secret that is kept."""
    typed = {one.name: cleaned[f"{PREFIX}{one.name}"] for one in kind.parameters}
    return typed | {one.name: typed[one.name] or None for one in kind.parameters if one.secret}


def _widget(parameter: Parameter) -> forms.Widget:
    if parameter.type == "boolean":
        return forms.Select(choices=[("true", "Yes"), ("false", "No")])
    if parameter.type == "choice":
        choices = [(choice.value, choice.label) for choice in parameter.choices]
        return forms.Select(choices=choices if parameter.default is not None else [("", "Choose …"), *choices])
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if parameter.type == "url":
        attributes |= {"inputmode": "url"}
    if parameter.type == "number":
        attributes |= {"inputmode": "decimal"}
    if parameter.choices:
        attributes |= {"list": f"choices-{parameter.name}"}
    return forms.TextInput(attrs=attributes)


def _as_text(value: Any) -> Any:
    """Rows stay rows."""
    if isinstance(value, list):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _readable(destination: Destination) -> dict[str, Any]:
    try:
        return parameters_of(destination)
    except SecretUnreadable:
        return {}
