"""What a replay would send, tried on the newest of what it is about: rendered, and not sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, NamedTuple

from delivery import backfill, selection
from delivery.backfill import Window
from delivery.kind_requests import NotSent
from delivery.models import Attempt, Delivery, Transformed
from delivery.requests import RequestBuilder
from delivery.selection import Selection
from destinations.models import Destination
from destinations.payloads import TemplateError
from destinations.preview import json_fault
from destinations.secrets import SecretUnreadable
from destinations.transformations.results import TransformationFailed
from destinations.transformations.wanting import Wanting, wanting_of
from destinations.versions import as_of
from events.models import Event

MOST = 200
LOOKED_AT = 5_000
SECONDS = 2.0
MOST_FAULTS = 3
MOST_SHOWN = 20_000  # characters of the sample


@dataclass(slots=True)
class Sample:
    destination: Destination
    event: Event
    body: str


class Case(NamedTuple):
    """`transformed`: what was made of the event already; None: its transformation, if any, is still to come."""

    destination: Destination
    version: int | None
    event: Event
    transformed: dict[str, Any] | None = None


@dataclass(slots=True)
class Lane:
    builder: RequestBuilder | str  # or, in words, why there is none
    wanting: Wanting


@dataclass(slots=True)
class DryRun:
    """`rendered` and `failed` add up to `tried`; `not_json` are among the rendered. `faults`: (event, words)."""

    tried: int = 0
    rendered: int = 0
    not_json: int = 0
    faults: list[tuple[Event, str]] = field(default_factory=list)
    sample: Sample | None = None

    @property
    def failed(self) -> int:
        return self.tried - self.rendered


def of_deliveries(wanted: Selection, *, as_it_was: bool) -> DryRun:
    newest = list(selection.newest(wanted, MOST, LOOKED_AT))
    versions = _versions(newest) if as_it_was else {}
    made = Transformed.objects.in_bulk([d.pk for d in newest if d.part is not None])
    return _try(
        Case(d.destination, versions.get(d.pk), d.event, made[d.pk].event)
        if d.pk in made and not made[d.pk].failure  # what failed is transformed anew
        else Case(d.destination, versions.get(d.pk), d.event)
        for d in newest
    )


def of_events(destination: Destination, window: Window) -> DryRun:
    return _try(Case(destination, None, event) for event in backfill.first_events(window, MOST, SECONDS / 2))


def _versions(deliveries: list[Delivery]) -> dict[int, int | None]:
    made = Attempt.objects.filter(delivery__in=[d.pk for d in deliveries]).exclude(template_version=None)
    return dict(made.order_by("pk").values_list("delivery_id", "template_version"))


def _try(cases: Iterable[Case]) -> DryRun:
    found, until, compiled = DryRun(), monotonic() + SECONDS, dict[tuple[int, int | None], Lane]()
    for case in cases:
        key = (case.destination.pk, case.version)
        if key not in compiled:
            compiled[key] = _compile(case.destination.pk, case.version)
        found.tried += 1
        try:
            _add(found, case, compiled[key])
        except TemplateError as error:
            _note(found, case.event, error.brief)
        except (NotSent, TransformationFailed) as error:
            _note(found, case.event, str(error))
        if monotonic() > until:
            break
    return found


def _add(found: DryRun, case: Case, lane: Lane) -> None:
    event, builder = case.event, lane.builder
    if isinstance(builder, str):
        return _note(found, event, builder)
    transformed = case.transformed if case.transformed is not None else _transformed(lane.wanting, event)
    request = builder.build(event.data, came_as=event.message, transformed=transformed)
    body = builder.without_secrets(request.body.decode())
    found.rendered += 1
    found.not_json += bool(body and json_fault(body))
    found.sample = found.sample or Sample(
        case.destination, event, (body or builder.without_secrets(request.url))[:MOST_SHOWN]
    )
    return None


def _transformed(wanting: Wanting, event: Event) -> dict[str, Any] | None:
    """The first, where it makes several. Raises TransformationFailed and, where it makes none, NotSent."""
    if not wanting.transforms:
        return None
    parts = wanting.parts_of(event)
    if isinstance(parts, str):
        raise NotSent("skipped", f"Skipped: {parts}")
    if parts[0].failure:
        raise TransformationFailed(parts[0].failure)
    return parts[0].made


def _note(found: DryRun, event: Event, words: str) -> None:
    if len(found.faults) < MOST_FAULTS:
        found.faults.append((event, words))


def _compile(lane: int, version: int | None) -> Lane:
    destination = Destination.objects.prefetch_related("headers").get(pk=lane)
    wanting = wanting_of(destination)
    try:
        return Lane(RequestBuilder(destination if version is None else as_of(destination, version)), wanting)
    except SecretUnreadable as error:
        return Lane(str(error), wanting)
    except TemplateError as error:
        return Lane(error.brief, wanting)
