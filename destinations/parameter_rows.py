"""A parameter of rows as a form's field: a line of inputs for each, always a blank one, and no script needed."""

from collections.abc import Mapping
from typing import Any

from django import forms

from destinations.kind.definition import Parameter
from destinations.kind.parameter_rules import MOST_ROWS
from events.webforms import HubRenderer


class RowsInput(forms.Widget):
    """Inputs are called name-number-column. Its value is a list of {column: text}."""

    template_name = "destinations/parameter_rows.html"
    use_fieldset = True

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.columns = parameter.columns

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        """Rows that are not blank; one too many stays, so that the rules refuse it."""
        first = self.columns[0].value
        numbers = [number for number in range(2 * MOST_ROWS) if f"{name}-{number}-{first}" in data]
        rows = [{one.value: data.get(f"{name}-{n}-{one.value}", "").strip() for one in self.columns} for n in numbers]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        rows = value if isinstance(value, list) else []
        context = super().get_context(name, None, attrs)
        shown = [self._row(name, number, row) for number, row in enumerate([*rows, {}][:MOST_ROWS])]
        return context | {"rows": shown, "blank": self._row(name, 0, {}), "most": MOST_ROWS}

    def _row(self, name: str, number: int, row: dict[str, str]) -> dict[str, Any]:
        cells = [
            {"name": f"{name}-{number}-{one.value}", "value": row.get(one.value, ""), "label": one.label}
            for one in self.columns
        ]
        return {"number": number + 1, "cells": cells}

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return super().render(name, value, attrs, HubRenderer())


class RowsField(forms.Field):
    def __init__(self, parameter: Parameter, **options: Any) -> None:
        super().__init__(widget=RowsInput(parameter), required=False, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != (data or [])
