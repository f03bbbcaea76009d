"""What one destination wants of an event: its transformation first, then its filter on what that made."""

from dataclasses import dataclass
from typing import Any

from destinations import catalog
from destinations.event_rules import Sight
from destinations.filters import Filter, compile_filter
from destinations.freemarker import TemplateError
from destinations.messages.seen import as_event
from destinations.models import Destination
from destinations.sight import sight_of
from destinations.transformations.compiled import Transform, compile_transformation
from destinations.transformations.results import Result, TransformationFailed
from events.changes import CHANGED
from events.models import Event

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One delivery of an event. `number`: from 1, of those that the transformation made. `made`: what it made, None
    where it failed, and `failure` then says why."""

    number: int
    made: Data | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Wanting:
    """Compiled. `transform` is None for a destination without a transformation, for which `filter`, asked for events as
    they came in, is all. `plain` is asked for what a transformation made, which sees events by `sight`."""

    filter: Filter
    plain: Filter
    sight: Sight
    transform: Transform | None = None
    of_messages: bool = False
    broken: TemplateError | None = None  # why there is no transformation although there should be one

    @property
    def needs_data(self) -> bool:
        return self.filter.needs_data or self.transforms

    @property
    def transforms(self) -> bool:
        return self.transform is not None or self.broken is not None

    def refusal(self, topic: str, event_type: str, data: Data, came_as: Data | None = None) -> str | None:
        """As Filter.refusal, after the transformation; what that fails on is not refused."""
        parts = self.parts(topic, event_type, data, came_as) if self.transforms else None
        if parts is None:
            return self.filter.refusal(topic, event_type, data)
        return parts if isinstance(parts, str) else None

    def refuses(self, event: Event) -> str | None:
        """As `refusal`; its message is read only where it matters."""
        if not self.transforms:
            is_filtered = CHANGED not in (event.restrictions or ())
            return self.filter.refusal(event.topic, event.event_type, event.data) if is_filtered else None
        parts = self.parts_of(event)
        return parts if isinstance(parts, str) else None

    def parts_of(self, event: Event) -> list[Part] | str:
        """An identify that stands for a change goes by who asked for it, not by filters."""
        came_as = event.message if self.of_messages and self.transforms else None
        is_filtered = CHANGED not in (event.restrictions or ())
        return self.parts(event.topic, event.event_type, event.data, came_as, is_filtered=is_filtered)

    def first_seen(self, event: Event) -> Data:
        """What the filter sees of an event: the first that the transformation makes of it, or the event itself."""
        try:
            made = (
                self.result(event.data, event.message if self.of_messages else None).events if self.transforms else ()
            )
        except TransformationFailed:
            made = ()
        data = self.sight.data(event.data)
        if not made:
            return data
        return as_event(made[0], data) if self.of_messages else made[0]

    def result(self, data: Data, came_as: Data | None) -> Result:
        """What the transformation makes, before the filter. Raises TransformationFailed."""
        if self.transform is None:
            raise TransformationFailed(f"The transformation cannot be read: {self.broken}", self.broken)
        return self.transform(self.sight.data(data), came_as and self.sight.message(came_as))

    def parts(
        self, topic: str, event_type: str, data: Data, came_as: Data | None, *, is_filtered: bool = True
    ) -> list[Part] | str:
        """The deliveries to make of an event as it came in, at least one; or why there are none."""
        if refused := (self.filter.of_topic(topic) if is_filtered else None) or self.sight.refusal(event_type):
            return refused
        try:
            result = self.result(data, came_as)
        except TransformationFailed as error:
            return [Part(1, None, str(error))]
        found, reasons = [], [result.reason]
        for number, made in enumerate(result.events, 1):
            seen = as_event(made, self.sight.data(data)) if self.of_messages else made
            why = self.plain.refusal(topic, str(seen.get("event_type", event_type)), seen)
            if why is None or not is_filtered:
                found.append(Part(number, made))
            else:
                reasons.append(why)
        return found or reasons[-1]


def wanting_of(destination: Destination) -> Wanting:
    plain, sight = compile_filter(destination.filter or {}), sight_of(destination)
    filters = (sight.guard(plain), plain, sight)
    if not destination.transformation:
        return Wanting(*filters)
    kind = catalog.of(destination)
    of_messages = kind is not None and kind.sends_messages
    try:
        transform = compile_transformation(destination.transformation, of_messages=of_messages)
    except TemplateError as error:
        return Wanting(*filters, None, of_messages, error)
    return Wanting(*filters, transform, of_messages)
