"""The editor page of a kind: each place of the definition as a field, with what is wrong there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.forms import Media
from django.utils.safestring import SafeString

from destinations.editor import editor
from destinations.kind.definition import COHORT_TOPICS, COHORTS, TOPICS
from destinations.kind.problems import Problem
from destinations.portal.entries import ENTRIES, Entry, as_text, entry_of
from destinations.portal.posted import WITHOUT_TEMPLATE
from destinations.topic_names import TOPIC_NAMES


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as templates/portal/field.html draws it."""

    name: str
    entry: Entry
    value: str
    errors: list[str]
    checked: bool = False

    @property
    def id(self) -> str:
        return f"id_{self.name.replace('.', '-')}"

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        chosen = self.value or (self.entry.options[0][0] if self.entry.options else "")
        return [(value, label, value == chosen) for value, label in self.entry.options]


@dataclass(slots=True)
class EditorForm:
    """`problems` are shown at their fields; those without a field are `general`."""

    definition: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_cohort(self) -> bool:
        return self.definition.get("section") == COHORTS

    def field(self, place: str) -> Shown:
        entry, value = entry_of(place), _at(self.definition, place)
        body = self.definition.get("request", {}).get("body")
        if place == "request.language" and body in WITHOUT_TEMPLATE:
            value = body
        errors = [problem.message for problem in self.problems if anchor_of(problem) == place]
        return Shown(place, entry, as_text(entry, value), errors, checked=value is True)

    def rows(self, name: str) -> range:
        found = _at(self.definition, name)
        return range(len(found)) if isinstance(found, list) else range(0)

    @property
    def topics(self) -> Iterator[tuple[str, str, bool]]:
        chosen = self.definition.get("topics") or ["event.track"]
        fitting = COHORT_TOPICS if self.is_cohort else [topic for topic in TOPICS if topic not in COHORT_TOPICS]
        return ((topic, TOPIC_NAMES[topic], topic in chosen) for topic in fitting)

    @property
    def template(self) -> SafeString:
        """The body's editor."""
        widget = editor()
        shown = self.field("request.template")
        attributes = {"id": "id_template"} | ({"aria-invalid": "true"} if shown.errors else {})
        return widget.render("request.template", shown.value, attributes)

    @property
    def template_errors(self) -> list[str]:
        return self.field("request.template").errors

    @property
    def language(self) -> Shown:
        return self.field("request.language")

    @property
    def media(self) -> Media:
        """The editor's scripts."""
        return editor().media

    @property
    def has_rules(self) -> bool:
        """Whether anything is said of limits and answers."""
        return any(self.definition.get(key) for key in ("limits", "answers", "pace", "identifier", "skip_without"))

    @property
    def general(self) -> list[Problem]:
        return [problem for problem in self.problems if not anchor_of(problem)]


def anchor_of(problem: Problem) -> str:
    """The place of the field at which a problem is shown: its own, or the nearest around it; "" for none."""
    place = problem.place
    if place == ("request",):
        return "request.url" if "URL" in problem.message else "request.template"
    for length in range(len(place), 0, -1):
        dotted = ".".join(map(str, place[:length]))
        if ".".join("*" if isinstance(key, int) else key for key in place[:length]) in ENTRIES:
            return dotted
    if len(place) == 2 and isinstance(place[1], int):  # a row as a whole
        return f"{place[0]}.{place[1]}.name"
    return f"{place[0]}.{place[1]}.{place[2]}.name" if place[:2] == ("request", "headers") and len(place) > 2 else ""


def to_mend(problems: Iterable[Problem]) -> list[tuple[str, str, str]]:
    """(id of the field, its name, what is wrong) for the list beside the form."""
    found = []
    for problem in problems:
        place = anchor_of(problem)
        label = _label(place, problem) if place else problem.path.capitalize()
        line = f"Line {problem.line}: " if problem.line and place == "request.template" else ""
        anchor = "id_template" if place == "request.template" else f"id_{place.replace('.', '-')}" if place else ""
        found.append((anchor, label, line + problem.message.partition("\n")[0]))
    return found


def _label(place: str, problem: Problem) -> str:
    numbers = [key + 1 for key in problem.place if isinstance(key, int)]
    stem = {"parameters": "Parameter", "mappings": "Field", "request": "Header"}.get(place.partition(".")[0], "")
    label = entry_of(place).label
    return f"{stem} {numbers[0]}, {label.lower()}" if numbers and "*" in _pattern(place) else label


def _pattern(place: str) -> str:
    return ".".join("*" if key.isdecimal() else key for key in place.split("."))


def _at(definition: Any, place: str) -> Any:
    for key in place.split("."):
        if isinstance(definition, list) and key.isdecimal() and int(key) < len(definition):
            definition = definition[int(key)]
        elif isinstance(definition, dict):
            definition = definition.get(key)
        else:
            return None
    return definition
