"""What a destination or a project has had in use: each change adds a version, none is ever altered."""

from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db.models import QuerySet

from destinations.differences import Line, difference
from destinations.models import Destination, EventRulesVersion, PayloadMode, TemplateVersion, TransformationVersion
from destinations.version_models import Version
from events.models import Project

SHOWN = 50

V = TypeVar("V", bound=Version)


def add_version(destination: Destination, by: User | None = None) -> None:
    """Saves the destination with its payload as a new version. Call it in a transaction."""
    if destination.pk:  # others may have saved since it was read: they wait here, and their number counts
        stored = Destination.objects.select_for_update().filter(pk=destination.pk)
        destination.template_version = stored.values_list("template_version", flat=True).get()
    destination.template_version += 1
    destination.save()
    TemplateVersion.objects.create(
        destination=destination,
        number=destination.template_version,
        mode=destination.payload_mode,
        language=destination.language,
        source="" if destination.payload_mode == PayloadMode.RAW else destination.template,
        created_by=by,
    )


def add_transformation_version(destination: Destination, by: User | None = None) -> None:
    """Call it in the transaction that has saved the destination, whose row the next one waits for."""
    TransformationVersion.objects.create(
        destination=destination,
        number=_next(destination.transformation_versions.all()),
        transformation=destination.transformation,
        created_by=by,
    )


def add_event_rules_version(project: Project, rules: list[dict[str, Any]], by: User | None = None) -> None:
    """Call it in a transaction that holds the project's row."""
    EventRulesVersion.objects.create(
        project=project, number=_next(project.event_rules_versions.all()), rules=rules, created_by=by
    )


def _next(versions: QuerySet[V]) -> int:
    newest = versions.first()
    return newest.number + 1 if newest else 1


def latest_versions(versions: QuerySet[V]) -> list[V]:
    """Newest first, bounded."""
    return list(versions.select_related("created_by")[:SHOWN])


def version_of(versions: QuerySet[V], number: str) -> V | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return versions.filter(number=int(number)).first()


def as_of(destination: Destination, number: int) -> Destination:
    """The destination, changed in memory to have the payload of that version; as it is where there is none."""
    version = destination.template_versions.filter(number=number).first()
    if version is not None:
        destination.payload_mode, destination.language = version.mode, version.language
        destination.template, destination.template_version = version.source, version.number
    return destination


def compare(old: Version, new: Version) -> list[Line]:
    """What leads from one version to the other, its kind first."""
    return difference(f"{old.kind}\n{old.text}", f"{new.kind}\n{new.text}")
