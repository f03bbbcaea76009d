"""What a replay would send, tried on the newest of what it is about: rendered, and not sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from delivery import backfill, selection
from delivery.backfill import Window
from delivery.kind_requests import NotSent
from delivery.models import Attempt, Delivery
from delivery.requests import RequestBuilder
from delivery.selection import Selection
from destinations.models import Destination
from destinations.payloads import TemplateError
from destinations.preview import json_fault
from destinations.secrets import SecretUnreadable
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
    return _try((d.destination, versions.get(d.pk), d.event) for d in newest)


def of_events(destination: Destination, window: Window) -> DryRun:
    return _try((destination, None, event) for event in backfill.first_events(window, MOST, SECONDS / 2))


def _versions(deliveries: list[Delivery]) -> dict[int, int]:
    made = Attempt.objects.filter(delivery__in=[d.pk for d in deliveries]).exclude(template_version=None)
    return dict(made.order_by("pk").values_list("delivery_id", "template_version"))


def _try(cases: Iterable[tuple[Destination, int | None, Event]] | Iterator) -> DryRun:
    found, until, compiled = DryRun(), monotonic() + SECONDS, dict[tuple[int, int | None], RequestBuilder | str]()
    for lane, version, event in cases:
        key = (lane.pk, version)
        if key not in compiled:
            compiled[key] = _compile(lane.pk, version)
        found.tried += 1
        try:
            _add(found, lane, event, compiled[key])
        except TemplateError as error:
            _note(found, event, f"Line {error.line}: {error.message}" if error.line else error.message)
        except NotSent as error:
            _note(found, event, str(error))
        if monotonic() > until:
            break
    return found


def _add(found: DryRun, lane: Destination, event: Event, builder: RequestBuilder | str) -> None:
    if isinstance(builder, str):
        return _note(found, event, builder)
    request = builder.build(event.data, came_as=event.message)
    body = builder.without_secrets(request.body.decode())
    found.rendered += 1
    found.not_json += bool(body and json_fault(body))
    found.sample = found.sample or Sample(lane, event, (body or builder.without_secrets(request.url))[:MOST_SHOWN])
    return None


def _note(found: DryRun, event: Event, words: str) -> None:
    if len(found.faults) < MOST_FAULTS:
        found.faults.append((event, words))


def _compile(lane: int, version: int | None) -> RequestBuilder | str:
    """Or, in words, why there is none."""
    destination = Destination.objects.prefetch_related("headers").get(pk=lane)
    try:
        return RequestBuilder(destination if version is None else as_of(destination, version))
    except SecretUnreadable as error:
        return str(error)
    except TemplateError as error:
        return f"Line {error.line}: {error.message}" if error.line else error.message
