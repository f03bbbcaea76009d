"""The Filter tab: which events are sent, what that would have meant yesterday, and why one event passes or not."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from destinations import catalog
from destinations.consent_forms import ConsentFields
from destinations.event_explanation import explain_event, wanting_with, withheld_because
from destinations.filter_effect import effect
from destinations.filter_forms import MATCHES, Conditions
from destinations.filter_rules import TOPICS, USUAL_TOPICS, BadFilter, check_filter
from destinations.filters import Filter, compile_filter
from destinations.models import Destination
from destinations.pages.tab_form import Shown, TabForm, destination_of
from destinations.property_paths import recent_paths
from destinations.sight import sight_of
from destinations.specification import Specification
from destinations.topic_names import TOPIC_NAMES
from destinations.transformations.wanting import Wanting
from events.announced import ANNOUNCED
from events.changes import ANY
from events.checking import Problem
from events.choice_fields import choice_field
from events.fragments import htmx_of
from events.models import Event, Project
from events.seen_types import seen_types
from events.toasts import toast

ALL, CHOSEN = "all", "chosen"
SEEN = (("transformed", "As the project transforms them"), ("raw", "As they came in"))
OFFERED = 25  # newest events to explain


class FilterForm(ConsentFields, TabForm):
    FIELD_OF = {"events": "raw", "filter.event_types": "more_types", "filter.topics": "topics"}

    events = forms.ChoiceField(
        label="Events",
        choices=[(CHOSEN, "Chosen events"), (ALL, "All events")],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label="What is sent",
        required=False,
        choices=[(topic, TOPIC_NAMES[topic]) for topic in TOPICS],
        widget=forms.CheckboxSelectMultiple,
    )
    event_types = forms.MultipleChoiceField(label="Event types", required=False, widget=forms.CheckboxSelectMultiple)
    more_types = forms.CharField(
        label="Other event types",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Not seen yet? Type their names, one per line.",
    )
    match = forms.ChoiceField(label="What must hold", choices=MATCHES)
    on_change = forms.BooleanField(label="Also send an identify when an event changes user properties", required=False)
    identify_on = forms.CharField(
        label="User properties",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="One per line. Empty: a change of any of them.",
    )
    raw = forms.ChoiceField(label="Events are sent", required=False, choices=SEEN)

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        super().__init__(destination, data)
        choice_field(self, "topics").choices = self._offered_topics()
        chosen_sight = data.get("raw") if data is not None else None
        self.sight = sight_of(destination, raw=chosen_sight == "raw" if chosen_sight else None)
        self.seen = self.sight.types(seen_types(destination.project))
        chosen = self.initial["event_types"] if data is None else data.getlist("event_types")
        choice_field(self, "event_types").choices = [(name, name) for name in dict.fromkeys([*self.seen, *chosen])]
        self.conditions = Conditions(destination.filter, data)

    def _offered_topics(self) -> list[tuple[str, str]]:
        """All of them; where a kind takes announcements, the ones that it says it takes, and what is stored."""
        kind, stored = catalog.of(self.destination), self.destination.filter.get("topics", ())
        chosen = kind is not None and not kind.is_plain and not set(ANNOUNCED).isdisjoint(kind.topics)
        taken = (*kind.topics, *stored) if kind is not None and chosen else TOPICS
        return [(topic, TOPIC_NAMES[topic]) for topic in TOPICS if topic in taken]

    def stored(self) -> dict[str, object]:
        rules = self.destination.filter
        chosen = rules.get("event_types")
        return {
            "events": ALL if chosen is None else CHOSEN,
            "topics": rules.get("topics", list(USUAL_TOPICS)),
            "event_types": chosen or [],
            "match": rules.get("match", "all"),
            **self.consent_values(self.destination.consent),
            "on_change": bool(self.destination.identify_on),
            "identify_on": "\n".join(name for name in self.destination.identify_on if name != ANY),
            "raw": "raw" if self.destination.raw_events else "transformed",
        }

    def changes(self) -> Specification:
        return {
            "filter": self._topics() | self._event_types() | self.conditions.specification(),
            "consent": self.consents(),
            "identify_on": self._watched(),
            # Where the project transforms nothing, the page does not ask.
            "events": self.cleaned_data["raw"] or str(self.initial["raw"]),
        }

    def _watched(self) -> list[str]:
        if not self.cleaned_data["on_change"]:
            return []
        names = (line.strip() for line in self.cleaned_data["identify_on"].splitlines())
        return list(filter(None, names)) or [ANY]

    @property
    def asks_for_raw(self) -> bool:
        """Whether there is a difference between events as they came in and as they are transformed."""
        return self.destination.raw_events or self.destination.project.event_rules.exists()

    def _topics(self) -> dict[str, Any]:
        """The usual ones are the same as none named, and stay as they are stored."""
        ticked, stored = self.cleaned_data["topics"], self.destination.filter.get("topics")
        if stored is not None and set(stored) == set(ticked):
            return {"topics": stored}
        return {} if set(ticked) == set(USUAL_TOPICS) else {"topics": ticked}

    def _event_types(self) -> dict[str, Any]:
        if self.cleaned_data["events"] == ALL:
            return {}
        typed = [line.strip() for line in self.cleaned_data["more_types"].splitlines()]
        return {"event_types": [*self.cleaned_data["event_types"], *filter(None, typed)]}

    def draft(self) -> Filter:
        """The filter as it stands in the form. Raises BadFilter."""
        return compile_filter(check_filter(self.changes()["filter"] if self.is_valid() else self.destination.filter))

    def show(self, problem: Problem) -> None:
        key, *place = problem.field.split(".")
        if key == "consent":
            provider = self.consents()[int(place[0])]["provider"] if place else "oneTrust"
            super().show(Problem(f"consent_{provider}", problem.message))
        elif place[:1] == ["conditions"]:
            self.conditions.show(problem.message, *(int(part) if part.isdecimal() else part for part in place[1:]))
        else:
            known = ".".join(["filter", *place[:1]])
            super().show(Problem(known, problem.message) if known in self.FIELD_OF else problem)

    def field_problems(self) -> Iterator[Shown]:
        yield from super().field_problems()
        yield from (Shown(*problem) for problem in self.conditions.problems())

    @property
    def type_rows(self) -> list[tuple[Any, int]]:
        """The checkboxes, each with how often its type was seen lately."""
        return [(box, self.seen.get(box.data["value"], 0)) for box in self["event_types"]]

    @cached_property
    def paths(self) -> list[str]:
        """Properties to suggest."""
        return recent_paths(self.destination.project)


def destination_filter(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`?event=`: the event to explain. `?effect`: works out the effect at once, where no script asks for it."""
    found = destination_of(project, pk)
    form = FilterForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_filter", project, pk), "Saved.")
    return _page(request, form)


@require_POST
def destination_filter_rules(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The conditions with a row more or less (`do`): in place, or without scripts as the whole page."""
    form = FilterForm(destination_of(project, pk), request.POST)
    form.conditions.change(request.POST.get("do", ""))
    if not htmx_of(request):
        return _page(request, form)
    context = {"project": form.destination.project, "destination": form.destination, "form": form}
    response = render(request, "destinations/filter_conditions.html", context)
    return trigger_client_event(response, "sh:rows", after="settle")


@require_POST
def destination_filter_effect(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """What the form's filter would have sent of the last 24 hours."""
    form = FilterForm(destination_of(project, pk), request.POST)
    return render(request, "destinations/filter_effect.html", _effect(form))


@require_POST
def destination_filter_explanation(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The form's filter rule by rule, for the chosen event."""
    form = FilterForm(destination_of(project, pk), request.POST)
    event = _event(form.destination.project, request.POST.get("event", ""))
    context = {"project": form.destination.project} | _explanation(form, event)
    return render(request, "destinations/filter_explanation.html", context)


def _page(request: HttpRequest, form: FilterForm) -> HttpResponse:
    found = form.destination
    events = list(Event.objects.filter(project=found.project_id).order_by("-pk")[:OFFERED])
    event = _event(found.project, request.GET.get("event", "")) or next(iter(events), None)
    if event is not None and event not in events:
        events = [event, *events]
    context = {"project": found.project, "destination": found, "form": form, "events": events}
    context |= _explanation(form, event) | (_effect(form) if "effect" in request.GET else {})
    return render(request, "destinations/filter.html", context)


def _effect(form: FilterForm) -> dict[str, Any]:
    try:
        return {"effect": effect(form.destination.project, _wanting(form))}
    except BadFilter as error:
        return {"unfinished": error.problems[0].message}


def _explanation(form: FilterForm, event: Event | None) -> dict[str, Any]:
    if event is None:
        return {}
    try:
        shown = explain_event(form.destination, event, _drafted(form), form.sight)
    except BadFilter as error:
        return {"event": event, "unfinished": error.problems[0].message}
    return {"event": event, "explanation": shown, "withheld": withheld_because(form.destination, event)}


def _wanting(form: FilterForm) -> Wanting:
    """The filter in the form, behind the stored transformation."""
    return wanting_with(form.destination, _drafted(form), form.sight)


def _drafted(form: FilterForm) -> Filter:
    return form.draft() if form.is_bound else compile_filter(form.destination.filter)


def _event(project: Project, value: str) -> Event | None:
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        return None
    return Event.objects.filter(project=project, pk=int(value)).first()
