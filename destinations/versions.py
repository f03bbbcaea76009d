"""The payloads that a destination has had: each change adds a version, none is ever altered."""

from django.contrib.auth.models import User

from destinations.differences import Line, difference
from destinations.models import Destination, PayloadMode, TemplateVersion

SHOWN = 50


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


def latest_versions(destination: Destination) -> list[TemplateVersion]:
    """Newest first, bounded."""
    return list(destination.template_versions.select_related("created_by")[:SHOWN])


def version_of(destination: Destination, number: str) -> TemplateVersion | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return destination.template_versions.filter(number=int(number)).first()


def as_of(destination: Destination, number: int) -> Destination:
    """The destination, changed in memory to have the payload of that version; as it is where there is none."""
    version = destination.template_versions.filter(number=number).first()
    if version is not None:
        destination.payload_mode, destination.language = version.mode, version.language
        destination.template, destination.template_version = version.source, version.number
    return destination


def compare(old: TemplateVersion, new: TemplateVersion) -> list[Line]:
    """What leads from one version to the other, kind of payload first."""
    return difference(f"{old.kind}\n{old.source}", f"{new.kind}\n{new.source}")
