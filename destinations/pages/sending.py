"""The Sending tab: retries, limits, what happens when a receiver fails, and order."""

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from destinations import sending_rules
from destinations.pages.tab_form import TabForm, destination_of
from destinations.sending_rules import PRESETS, UNITS, sending_of
from destinations.specification import Problem, Specification
from events.toasts import toast

OWN = "own"
SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
WAIT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|)", re.ASCII)
# Key of the rules -> field that shows what is wrong with it.
FIELD_OF_KEY = {"retries": "waits", "final_statuses": "final_statuses", "rate_limit": "limit", "pause_at": "pause_at"}


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

    def stored(self) -> dict[str, object]:
        sending = sending_of(self.destination.sending)
        own = not isinstance(sending.retries, str)
        limit = sending.rate_limit
        return {
            "retries": OWN if own else sending.retries,
            "waits": ", ".join(_in_words(wait) for wait in sending.retries) if own else "",
            "final_statuses": ", ".join(map(str, sending.final_statuses)),
            "limit": limit.requests if limit else None,
            "per": limit.per if limit else "second",
            "concurrency": sending.concurrency,
            "pause_at": sending.pause_at,
            "ordered": sending.ordered,
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
        return {"sending": sending}

    def _statuses_were_changed(self, retries: Any) -> bool:
        stored = sending_of(self.destination.sending)
        same = set(self.cleaned_data["final_statuses"]) == set(stored.final_statuses)
        return not same or retries == stored.retries or "final_statuses" in self.destination.sending

    def show(self, problem: Problem) -> None:
        key, _, rest = problem.field.removeprefix("sending.").partition(".")
        number = f"Wait {int(rest) + 1}: " if key == "retries" and rest else ""
        super().show(Problem(FIELD_OF_KEY.get(key, key), number + problem.message))


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
