"""Taking a destination to the current version of its portal's kind."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from destinations import catalog
from destinations.differences import Line, difference
from destinations.kind.definition import Kind
from destinations.kind.folder import as_files
from destinations.kind.starting import starting_values
from destinations.mappings import for_fields
from destinations.models import Destination, KindVersion
from destinations.portal import published
from destinations.specification import describe, save
from events import audit


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From the version in use to the current one. `files`: what differs in each."""

    before: KindVersion
    after: KindVersion

    @property
    def files(self) -> list[tuple[str, list[Line]]]:
        old, new = (_texts(version) for version in (self.before, self.after))
        names = [name for name in dict.fromkeys([*old, *new]) if not name.startswith("samples/")]
        found = [(name, difference(old.get(name, ""), new.get(name, ""))) for name in names]
        return [(name, lines) for name, lines in found if lines]


def upgrade_of(destination: Destination) -> Upgrade | None:
    """None where it has the current version, or its kind has none."""
    before = destination.kind_version
    key = published.current(destination.kind) if before else None
    if before is None or key in (None, before.pk):
        return None
    return Upgrade(before, KindVersion.objects.get(pk=key))


@transaction.atomic
def upgrade(destination: Destination, to: Upgrade) -> None:
    """Values of parameters and fields that the new version still has are kept, and so is a payload of the
    destination's own. Raises InvalidDestination where an enabled one would lack something, or where stored secrets
    would go to another host."""
    old = catalog.of(destination)
    given = describe(destination)  # stored secrets are kept by the rules, and only while the host stays the same
    destination.kind_version = to.after
    new = catalog.of(destination)
    if old is None or new is None:
        return
    save(destination.project, _carried(given, old, new), destination)
    destination.save()  # the version, also where nothing else changes
    audit.record("upgraded", destination, [("kind version", to.before.number, to.after.number)])


def _carried(given: dict[str, Any], old: Kind, new: Kind) -> dict[str, Any]:
    parameters = {name: value for name, value in given["parameters"].items() if new.parameter(name)}
    fields = {one.name for one in new.mappings}
    mappings = for_fields(given["mappings"], fields)
    starting = starting_values(new)
    mappings["fields"] = starting["mappings"].get("fields", {}) | mappings.get("fields", {})
    own = given["payload"] != starting_values(old)["payload"]
    payload = given["payload"] if own else starting["payload"]
    return given | {"parameters": parameters, "mappings": mappings, "payload": payload}


def _texts(version: KindVersion) -> dict[str, str]:
    return {name: content.decode() for name, content in as_files(version.definition).items()}
