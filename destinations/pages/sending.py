"""The Sending tab: retries, limits, batches, what happens when a receiver fails, and order."""

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from destinations import batch_rules, catalog, sending_rules
from destinations.models import Destination
from destinations.pages.tab_form import TabForm, destination_of
from destinations.sending_rules import PRESETS, UNITS, sending_of
from destinations.specification import Specification
from events.checking import Problem
from events.choice_fields import choice_field
from events.toasts import toast

OWN = "own"
SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
WAIT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|)", re.ASCII)
# Key of the rules -> field that shows what is wrong with it.
FIELD_OF_KEY = {"retries": "waits", "final_statuses": "final_statuses", "rate_limit": "limit", "pause_at": "pause_at"}
OF_KIND = ""  # the format of batches, where the kind says it


def _number(label: str, least: int, most: int, help_text: str, *, required: bool = False) -> forms.IntegerField:
    attributes = {"min": least, "max": most, "inputmode": "numeric"}
    widget = forms.NumberInput(attrs=attributes)
    return forms.IntegerField(label=label, required=required, widget=widget, help_text=help_text)


class SendingForm(TabForm):
    retries = forms.ChoiceField(label="Schedule", choices=[*PRESETS.items(), (OWN, "Own list of waits")])
    waits = forms.CharField(
        label="Own waits",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "30 s, 5 min, 2 h", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Between attempts, parted by commas: 30 s, 5 min, 2 h, 1 d. Only for an own list; empty: no retries.",
    )
    final_statuses = forms.CharField(
        label="Statuses that end it at once",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "404, 410", "inputmode": "numeric", "autocomplete": "off"}),
        help_text="After one of these it isn’t tried again. The Standard Webhooks schedule brings 410.",
    )
    limit = _number("At most", 1, sending_rules.MOST_REQUESTS, "Requests. Empty: no limit.")
    per = forms.ChoiceField(label="In each", choices=[(unit, unit) for unit in UNITS], required=False)
    concurrency = _number(
        "Requests at once",
        1,
        sending_rules.MOST_CONCURRENT,
        f"1 to {sending_rules.MOST_CONCURRENT}, counted over all workers.",
        required=True,
    )
    pause_at = _number(
        "Hold at a failure share of",
        sending_rules.LEAST_PAUSE_AT,
        100,
        f"Percent of the last minutes’ attempts, {sending_rules.LEAST_PAUSE_AT} to 100. Empty: never.",
    )
    ordered = forms.BooleanField(label="Keep each user’s deliveries in order", required=False)
    batch = forms.BooleanField(label="Send several events in one request", required=False)
    batch_events = _number("Events at most", 1, batch_rules.MOST_EVENTS, f"1 to {batch_rules.MOST_EVENTS:,}.")
    batch_bytes = _number("Bytes at most", batch_rules.LEAST_BYTES, batch_rules.MOST_BYTES, "Of one request’s body.")
    batch_wait = forms.FloatField(
        label="Wait for more",
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": batch_rules.LONGEST_WAIT, "step": "any"}),
        help_text=f"Seconds at most, 0 to {batch_rules.LONGEST_WAIT:g}.",
    )
    batch_format = forms.ChoiceField(label="Body", choices=list(batch_rules.FORMATS.items()), required=False)
    batch_key = forms.CharField(
        label="Key",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "batch", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Where the list stands. Only for a list under a key, and for lists in the bodies.",
    )
    batch_split = forms.BooleanField(label="Halve a batch that is refused", required=False)

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        kind = catalog.of(destination)
        self.why_no_batches = kind.why_no_batches if kind else ""
        self.is_said_by_kind = kind is not None and kind.batch is not None
        super().__init__(destination, data)
        if kind is not None and self.is_said_by_kind:
            choice_field(self, "batch_format").choices = [
                (OF_KIND, f"As {kind.name} wants it"),
                *batch_rules.FORMATS.items(),
            ]

    def stored(self) -> dict[str, object]:
        sending = sending_of(self.destination.sending)
        retries = sending.retries
        limit = sending.rate_limit
        return {
            "retries": retries if isinstance(retries, str) else OWN,
            "waits": "" if isinstance(retries, str) else ", ".join(map(_in_words, retries)),
            "final_statuses": ", ".join(map(str, sending.final_statuses)),
            "limit": limit.requests if limit else None,
            "per": limit.per if limit else "second",
            "concurrency": sending.concurrency,
            "pause_at": sending.pause_at,
            "ordered": sending.ordered,
            "batch": sending.batch is not None,
            **self._stored_batch(sending.batch or batch_rules.Batching()),
        }

    def _stored_batch(self, batch: batch_rules.Batching) -> dict[str, object]:
        return {
            "batch_events": batch.events,
            "batch_bytes": batch.bytes,
            "batch_wait": f"{batch.wait:g}",
            "batch_format": batch.form.format if batch.chosen or not self.is_said_by_kind else OF_KIND,
            "batch_key": batch.form.key,
            "batch_split": batch.split,
        }

    def clean_waits(self) -> list[float]:
        return [_seconds(one) for one in _parted(self.cleaned_data["waits"])]

    def clean_final_statuses(self) -> list[int]:
        """A schedule's own statuses come and go with it, unless they were changed."""
        typed = _parted(self.cleaned_data["final_statuses"])
        if wrong := next((one for one in typed if not one.isdecimal()), None):
            raise forms.ValidationError(f"“{wrong}” is no status. Write numbers: 404, 410.")
        return [int(one) for one in typed]

    def changes(self) -> Specification:
        values = self.cleaned_data
        retries = values["waits"] if values["retries"] == OWN else values["retries"]
        sending: dict[str, Any] = {
            "retries": retries,
            "concurrency": values["concurrency"],
            "ordered": values["ordered"],
            "pause_at": values["pause_at"] if values["pause_at"] is not None else False,
        }
        if self._statuses_were_changed(retries):
            sending["final_statuses"] = values["final_statuses"]
        if values["limit"] is not None:
            sending["rate_limit"] = {"requests": values["limit"], "per": values["per"] or "second"}
        if values["batch"]:
            sending["batch"] = self._batch(values)
        return {"sending": sending}

    def _batch(self, values: dict[str, Any]) -> dict[str, Any]:
        """A key that belongs to no format is left out: it may stand there from before."""
        given = {key: values[f"batch_{key}"] for key in batch_rules.KEYS}
        if given["format"] == OF_KIND or (given["format"] == batch_rules.LIST and not self.is_said_by_kind):
            given["format"] = None
        if given["format"] not in (batch_rules.OBJECT, batch_rules.JOINED):
            given["key"] = None
        return given

    def _statuses_were_changed(self, retries: Any) -> bool:
        stored = sending_of(self.destination.sending)
        same = set(self.cleaned_data["final_statuses"]) == set(stored.final_statuses)
        return not same or retries == stored.retries or "final_statuses" in self.destination.sending

    def show(self, problem: Problem) -> None:
        key, _, rest = problem.field.removeprefix("sending.").partition(".")
        if key == "batch" and rest:
            return super().show(Problem(f"batch_{rest}", problem.message))
        number = f"Wait {int(rest) + 1}: " if key == "retries" and rest else ""
        return super().show(Problem(FIELD_OF_KEY.get(key, key), number + problem.message))


def destination_sending(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    form = SendingForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_sending", project, pk), "Saved.")
    context = {"project": found.project, "destination": found, "form": form}
    return render(request, "destinations/sending.html", context)


def _parted(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _seconds(text: str) -> float:
    match = WAIT.fullmatch(text.lower())
    if match is None:
        raise forms.ValidationError(f"“{text}” is no wait. Write a number and s, min, h or d: 30 s, 5 min.")
    return round(float(match[1]) * SECONDS[match[2]], 3)


def _in_words(seconds: float) -> str:
    for unit in ("d", "h", "min"):
        if seconds >= SECONDS[unit] and seconds % SECONDS[unit] == 0:
            return f"{seconds // SECONDS[unit]:g} {unit}"
    return f"{seconds:g} s"


__all__ = ["SendingForm", "destination_sending"]
