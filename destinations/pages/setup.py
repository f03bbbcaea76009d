"""The Setup tab: name, request, headers, timeouts, and what is still missing."""

from collections.abc import Iterator

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property

from destinations import catalog
from destinations.checked_sending import TIMEOUTS
from destinations.header_forms import HeaderForm, header_forms
from destinations.header_rules import MOST_EXTRA_HEADERS
from destinations.kind.definition import Parameter
from destinations.models import METHODS, Destination
from destinations.pages.tab_form import Shown, TabForm, destination_of
from destinations.parameter_forms import PREFIX, mask_secrets, parameter_fields, stored_parameters, typed_parameters
from destinations.portal.upgrades import upgrade_of
from destinations.specification import Specification
from events.checking import Problem
from events.toasts import toast


class SetupForm(TabForm):
    FIELD_OF = {"timeouts.connect": "connect_timeout", "timeouts.total": "total_timeout"}

    name = forms.CharField(label="Name", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    method = forms.CharField(label="Method", widget=forms.Select(choices=[(m, m) for m in METHODS]))
    url = forms.CharField(
        label="URL",
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "url",
                "inputmode": "url",
                "placeholder": "https://example.com/webhook",
                "spellcheck": "false",
                "autocomplete": "off",
            }
        ),
    )
    connect_timeout = forms.FloatField(label="Connect timeout")
    total_timeout = forms.FloatField(label="Total timeout")

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        found = catalog.of(destination)
        self.kind = None if found is None or found.is_plain else found
        super().__init__(destination, data)
        if self.kind is not None:
            del self.fields["url"], self.fields["method"]
            self.fields |= parameter_fields(self.kind)
            mask_secrets(self.kind, destination, self.fields)
        for name, (_, least, most) in TIMEOUTS.items():
            field = self.fields[f"{name}_timeout"]
            field.widget.attrs |= {"min": least, "max": most, "step": "any"}
            field.help_text = f"{least:g} to {most:g} seconds."
        self.headers: list[HeaderForm] = header_forms(destination, data)
        self.headers_error = ""

    def stored(self) -> dict[str, object]:
        return {
            **(stored_parameters(self.kind, self.destination) if self.kind else {}),
            "name": self.destination.name,
            "method": self.destination.method,
            "url": self.destination.url,
            "connect_timeout": f"{self.destination.connect_timeout:g}",
            "total_timeout": f"{self.destination.total_timeout:g}",
        }

    def changes(self) -> Specification:
        values = self.cleaned_data
        return {
            "name": values["name"],
            **self._address(),
            "headers": [form.specification() for form in self._filled_headers],
            "timeouts": {"connect": values["connect_timeout"], "total": values["total_timeout"]},
        }

    def _address(self) -> Specification:
        if self.kind is not None:
            return {"parameters": typed_parameters(self.kind, self.cleaned_data)}
        return {"url": self.cleaned_data["url"], "method": self.cleaned_data["method"]}

    @property
    def parameters(self) -> list[tuple[forms.BoundField, Parameter]]:
        """The kind's own fields, each with what it stands for; none for a plain kind."""
        declared = self.kind.parameters if self.kind else ()
        return [(self[f"{PREFIX}{parameter.name}"], parameter) for parameter in declared]

    def show(self, problem: Problem) -> None:
        stem, *rest = problem.field.split(".")
        if stem == "parameters" and rest and f"{PREFIX}{rest[0]}" in self.fields:
            self.add_error(f"{PREFIX}{rest[0]}", problem.message)
        elif stem != "headers":
            super().show(problem)
        elif rest:
            self._filled_headers[int(rest[0])].show(problem.message, *rest[1:])
        else:
            self.headers_error = problem.message

    def field_problems(self) -> Iterator[Shown]:
        yield from super().field_problems()
        if self.headers_error:
            yield Shown("headers", "Headers", self.headers_error)
        for row in self.headers:
            for field in row:
                for message in field.errors:
                    yield Shown(field.auto_id, field.field.widget.attrs["aria-label"], str(message))

    @cached_property
    def _filled_headers(self) -> list[HeaderForm]:
        return [form for form in self.headers if form.is_filled]

    @property
    def most_headers(self) -> int:
        return MOST_EXTRA_HEADERS

    @property
    def blank_header(self) -> HeaderForm:
        """What the page copies where a further row is needed."""
        return HeaderForm(0)

    @property
    def used_headers(self) -> int:
        return sum(form.is_filled for form in self.headers)


def destination(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """A form that is refused comes back as it was typed, and nothing was saved."""
    found = destination_of(project, pk)
    form = SetupForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect(found), "Saved.")
    context = {"project": found.project, "destination": found, "form": form, "upgrade": upgrade_of(found)}
    return render(request, "destinations/setup.html", context)
