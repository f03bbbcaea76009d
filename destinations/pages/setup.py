"""The Setup tab: name, request, headers, timeouts, and what is still missing."""

from collections.abc import Iterator

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property

from destinations.header_forms import HeaderForm, header_forms
from destinations.header_rules import MOST_EXTRA_HEADERS
from destinations.models import METHODS, Destination
from destinations.pages.tab_form import Shown, TabForm, destination_of
from destinations.specification import TIMEOUTS, Problem, Specification
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
        super().__init__(destination, data)
        for name, (_, least, most) in TIMEOUTS.items():
            field = self.fields[f"{name}_timeout"]
            field.widget.attrs |= {"min": least, "max": most, "step": "any"}
            field.help_text = f"{least:g} to {most:g} seconds."
        self.headers: list[HeaderForm] = header_forms(destination, data)
        self.headers_error = ""

    def stored(self) -> dict[str, object]:
        return {
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
            "url": values["url"],
            "method": values["method"],
            "headers": [form.specification() for form in self._filled_headers],
            "timeouts": {"connect": values["connect_timeout"], "total": values["total_timeout"]},
        }

    def show(self, problem: Problem) -> None:
        stem, *rest = problem.field.split(".")
        if stem != "headers":
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
    context = {"project": found.project, "destination": found, "form": form}
    return render(request, "destinations/setup.html", context)
