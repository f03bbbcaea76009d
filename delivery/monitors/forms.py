"""Monitors and channels as forms; the rules are in specification.py."""

from typing import Any

from django import forms
from django.contrib.auth.models import User

from delivery.models import Channel, Monitor
from delivery.monitors.cohort_names import cohort_names
from delivery.monitors.conditions import Condition
from delivery.monitors.metrics import TRAITS, WINDOWS, Metric
from delivery.monitors.specification import (
    InvalidMonitor,
    describe_channel,
    describe_monitor,
    draft_of,
    save_channel,
    save_monitor,
)
from events.choice_fields import choice_field
from events.models import Project
from events.seen_types import seen_types
from events.webforms import HubForm

COOLDOWNS = {0: "none", 900: "15 minutes", 3_600: "1 hour", 14_400: "4 hours", 86_400: "1 day"}
# Which field says what a metric is about.
ABOUT = {"type": "event_type", "lane": "destination", "lane now": "destination", "cohort": "cohort"}
QUIET = {"autocomplete": "off", "spellcheck": "false"}


class MonitorForm(HubForm):
    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    metric = forms.ChoiceField(label="What to watch", choices=Metric, initial=Metric.EVENTS)
    event_type = forms.CharField(
        label="Event type",
        required=False,
        max_length=255,
        help_text="Empty: events of any type.",
        widget=forms.TextInput(attrs={"list": "event-types", **QUIET}),
    )
    destination = forms.ChoiceField(required=False)
    cohort = forms.ChoiceField(required=False)
    window = forms.TypedChoiceField(
        label="Per", coerce=int, choices=WINDOWS, initial=3_600, widget=forms.Select(attrs={"data-window": ""})
    )
    condition = forms.ChoiceField(label="Alert when it", choices=Condition)
    threshold = forms.FloatField(label="Number", help_text="For a band: 95, 98 or 99.")
    cooldown = forms.TypedChoiceField(
        label="Cool-down",
        coerce=int,
        initial=3_600,
        help_text="How long after an alert it says nothing, should it fire again.",
    )
    tells_recovery = forms.BooleanField(label="Also say when it is over", required=False, initial=True)
    channels = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, project: Project, monitor: Monitor | None = None, **more: Any) -> None:
        self.project, self.monitor = project, monitor
        stored = describe_monitor(monitor) if monitor else None
        super().__init__(*args, initial=more.pop("initial", None) or stored, **more)
        lanes = project.destinations.order_by("name").values_list("name", flat=True)
        choice_field(self, "destination").choices = [("", "Any destination"), *((name, name) for name in lanes)]
        cohorts = sorted(cohort_names(project.pk).values(), key=str.lower)
        choice_field(self, "cohort").choices = [("", "Choose a cohort"), *((name, name) for name in cohorts)]
        choice_field(self, "channels").choices = [(one.name, one.name) for one in project.alert_channels.all()]
        kept = monitor.cooldown if monitor else 3_600
        choices = COOLDOWNS if kept in COOLDOWNS else {**COOLDOWNS, kept: f"{kept // 60} minutes"}
        choice_field(self, "cooldown").choices = sorted(choices.items())

    @property
    def types(self) -> list[str]:
        return list(seen_types(self.project))[:500]

    @property
    def specification(self) -> dict[str, Any]:
        """As the rules take it: only what the chosen metric is about."""
        given = dict(self.cleaned_data)
        about = ABOUT.get(TRAITS[given["metric"]].of) if given.get("metric") in TRAITS else None
        for key in set(ABOUT.values()) - {about}:
            given.pop(key, None)
        given["enabled"] = self.monitor.enabled if self.monitor else True
        return given

    def save(self, by: User) -> Monitor | None:
        """None where the rules refuse it: then the fields say why."""
        try:
            return save_monitor(self.project, self.specification, self.monitor, by)[0]
        except InvalidMonitor as error:
            self.take(error)
            return None

    def draft(self) -> Monitor | None:
        """The monitor as it would be, not saved. None where the rules refuse it; a missing name does not matter."""
        try:
            return draft_of(self.project, self.specification, self.monitor)
        except InvalidMonitor as error:
            self.take(error)
            return None

    def take(self, error: InvalidMonitor) -> None:
        for problem in error.problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)


class ChannelForm(HubForm):
    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs=QUIET))
    kind = forms.ChoiceField(choices=Channel.Kind, widget=forms.RadioSelect, initial=Channel.Kind.EMAIL)
    address = forms.CharField(
        label="E-mail address or webhook URL",
        required=False,
        max_length=2048,
        help_text="A chat’s URL: an incoming webhook of Slack or its like. It is kept encrypted.",
        widget=forms.TextInput(attrs=QUIET),
    )
    health = forms.BooleanField(
        label="Also tell of destinations that fail, are held or recover", required=False, initial=True
    )

    def __init__(self, *args: Any, project: Project, channel: Channel | None = None, **more: Any) -> None:
        self.project, self.channel = project, channel
        stored = describe_channel(channel) if channel else None
        super().__init__(*args, initial=stored, **more)
        if channel and channel.kind == Channel.Kind.CHAT:
            self.fields["address"].widget.attrs["placeholder"] = channel.shown_address

    def save(self) -> Channel | None:
        try:
            return save_channel(self.project, self.cleaned_data, self.channel)[0]
        except InvalidMonitor as error:
            for problem in error.problems:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
            return None
