"""Batches to try the payload of a cohort destination on: a built-in one, and of real members what a source offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.models import Destination

BATCH = "batch-"  # how a value of the sample picker begins that names one

BUILT_IN_BATCH: dict[str, Any] = {
    "cohort_name": "Paying customers",
    "cohort_id": "k3x9mfp2",
    "in_cohort": True,
    "computed_time": "1768469400",
    "message_id": "0b9a4c1e-7f52-4a83-9d0e-6c5b8f2a1d34::enter::0",
    "users": [
        {"user_id": "user_1001", "user_properties": {"email": "user_1001@example.com", "plan": "pro"}},
        {"user_id": "user_1002", "user_properties": {"email": "user_1002@example.com", "plan": "team"}},
    ],
}


@dataclass(frozen=True, slots=True)
class Offered:
    """`key`: what `batch` takes to make it. `label`: as the picker names it."""

    key: str
    label: str


class Source(Protocol):
    """What knows cohorts; it says so with `use`."""

    def offered(self, destination: Destination) -> Sequence[Offered]: ...

    def batch(self, destination: Destination, key: str) -> dict[str, Any] | None: ...


_sources: list[Source] = []


def use(source: Source) -> None:
    _sources[:] = [source]


def takes_batches(destination: Destination) -> bool:
    kind = catalog.of(destination)
    return kind is not None and kind.section == COHORTS


def offered_batches(destination: Destination) -> list[Offered]:
    """None for a destination of events."""
    if not takes_batches(destination):
        return []
    return [one for source in _sources for one in source.offered(destination)]


def batch_of(destination: Destination, value: str) -> dict[str, Any] | None:
    """The batch that a value of the picker names; None where it names none."""
    if not value.startswith(BATCH):
        return None
    found = (source.batch(destination, value.removeprefix(BATCH)) for source in _sources)
    return next((data for data in found if data is not None), None)
