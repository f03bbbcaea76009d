"""The rows of a destination's own headers, and always one blank row until all are used."""

from collections.abc import Mapping
from typing import Any

from django import forms

from destinations.header_rules import MOST_EXTRA_HEADERS
from destinations.models import Destination, Header
from destinations.secrets import masked
from events.webforms import HubForm

# A form that sends more rows than this was not made by our page.
MOST_ROWS_READ = 50


class HeaderForm(HubForm):
    """One row. A stored secret is never sent to the page: its field is empty, and left empty keeps what is stored."""

    name = forms.CharField(label="Name", required=False)
    value = forms.CharField(label="Value", required=False)
    secret = forms.BooleanField(label="Secret", required=False)
    # What the row was called when its secret was shown masked.
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, number: int, data: Mapping[str, Any] | None = None, header: Header | None = None) -> None:
        initial = _initial(header) if header else {}
        super().__init__(data, prefix=f"header-{number}", initial=initial)
        self.number = number
        for name, field in self.fields.items():
            shown = "Header name" if name == "name" else name.capitalize()
            field.widget.attrs |= {
                "aria-label": f"Extra header {number + 1} {name}",
                "autocomplete": "off",
                "spellcheck": "false",
                **({} if name in ("secret", "kept") else {"placeholder": shown}),
            }
        self.mask = masked(header.value) if header and header.secret else ""
        if self.mask:
            self.fields["value"].widget.attrs |= {"placeholder": self.mask, "data-kept": ""}

    @property
    def is_filled(self) -> bool:
        """Whether the row is one, not blank: as it was typed, or as it is stored."""
        if not self.is_bound:
            return bool(self.initial)
        self.is_valid()
        return bool(self.cleaned_data.get("name", "").strip() or self.cleaned_data.get("value", ""))

    def specification(self) -> dict[str, Any]:
        """A value that is kept stays secret: unticking the box must not uncover it."""
        values = self.cleaned_data
        kept = bool(self.mask and not values["value"])
        return {
            "name": values["name"].strip(),
            "value": None if kept else values["value"],
            "secret": kept or values["secret"],
        }

    def show(self, message: str, field: str = "name") -> None:
        self.add_error(field if field in self.fields else "name", message)


def header_forms(destination: Destination, data: Mapping[str, Any] | None = None) -> list[HeaderForm]:
    """The rows as stored, or as they were typed."""
    stored = destination.header_list if destination.pk else []
    if data is None:
        rows = [HeaderForm(number, header=header) for number, header in enumerate(stored)]
    else:
        secrets = {header.name: header for header in stored if header.secret}
        numbers = [n for n in range(MOST_ROWS_READ) if f"header-{n}-name" in data]
        rows = [HeaderForm(n, data, secrets.get(data.get(f"header-{n}-kept", ""))) for n in numbers]
        rows = [row for row in rows if row.is_filled]
    if len(rows) < MOST_EXTRA_HEADERS:
        rows.append(HeaderForm(max((row.number for row in rows), default=-1) + 1))
    return rows


def _initial(header: Header) -> dict[str, Any]:
    if header.secret:
        return {"name": header.name, "secret": True, "kept": header.name}
    return {"name": header.name, "value": str(header.value)}
