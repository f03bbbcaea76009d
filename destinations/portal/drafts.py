"""Kinds in the making: begun, changed, taken up again. Everything that is typed is kept, right or wrong."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify

from destinations import catalog
from destinations.kind.check import check_definition
from destinations.kind.definition import COHORTS, EVENTS
from destinations.kind.folder import KindFiles
from destinations.kind.logo import checked_logo
from destinations.kind.rules import read_kind
from destinations.models import KindVersion, PortalKind, Stage
from destinations.portal.trial import Given, example
from events import audit
from events.models import Project

STARTING_TEMPLATE = (
    '{\n  "user": "${input.user_id!}",\n  "name": "${input.event_type}",\n  "time": "${input.event_time}"\n}\n'
)
MOST_SLUG = 56


class NotOpen(ValueError):
    """The version is not its authors' to change; the message says why."""


@transaction.atomic
def begin(project: Project, name: str, section: str, by: User | None) -> KindVersion:
    """A new kind of that display name."""
    request: dict[str, Any] = {"method": "POST", "content_type": "application/json"}
    topics = ["cohort.update"]
    if section != COHORTS:
        request |= {"language": "freemarker", "template": STARTING_TEMPLATE}
        topics = ["event.track"]
    definition = {
        "name": name,
        "section": section,
        "category": "Other",
        "summary": "",
        "request": request,
        "topics": topics,
    }
    return _begun(project, _free_slug(name), definition, b"", by, "created")


@transaction.atomic
def take_in(project: Project, files: KindFiles, by: User | None) -> KindVersion:
    """A kind that came as files. Raises BadLogo."""
    name = str(files.definition.get("name") or files.slug)
    logo = checked_logo(files.logo) if files.logo else b""
    return _begun(project, _free_slug(files.slug or name), files.definition, logo, by, "imported")


@transaction.atomic
def take_up(kind: PortalKind, by: User | None) -> KindVersion:
    """The version that is in the making; a new one, which begins as the newest, where that is published."""
    newest = kind.versions.select_for_update().first()
    if newest is None or newest.stage != Stage.PUBLISHED:
        raise NotOpen("There is a version in the making already.")
    made = KindVersion.objects.create(
        kind=kind,
        number=newest.number + 1,
        definition=newest.definition,
        logo=bytes(newest.logo),
        trial=newest.trial,
        author=by,
    )
    audit.record("began a version of", kind, [("version", newest.number, made.number)])
    return made


@transaction.atomic
def keep(version: KindVersion, definition: dict[str, Any], given: Given, logo: bytes | None, by: User | None) -> None:
    """Saves what was typed. `logo`: None keeps what there is. Raises NotOpen."""
    stored = KindVersion.objects.select_for_update().get(pk=version.pk)
    if not stored.is_open:
        raise NotOpen(f"{stored} is {stored.get_stage_display().lower()}, so it cannot be changed.")
    if logo is not None:
        version.logo = logo
    version.definition = with_example(version.kind.slug, definition, bytes(version.logo), given)
    version.trial = stored_trial(definition, given)
    version.author = by
    version.save()
    if stored.definition != version.definition or logo is not None:
        audit.record("changed", version.kind, [("version", None, version.number)])


def with_example(slug: str, definition: dict[str, Any], logo: bytes, given: Given) -> dict[str, Any]:
    """With samples that are true: the ones it has, or what it makes of the test event; none where that is nothing."""
    if definition.get("samples") and not check_definition(slug, definition, logo):
        return definition
    bare = {key: value for key, value in definition.items() if key != "samples"}
    if check_definition(slug, bare, logo):
        return bare
    made = example(read_kind(slug, bare, logo), given)
    whole = bare | {"samples": [made]} if made else bare
    return whole if not check_definition(slug, whole, logo) else bare


def stored_trial(definition: dict[str, Any], given: Given) -> dict[str, Any]:
    """Values of secret parameters are left out."""
    secret = {row.get("name") for row in definition.get("parameters", ()) if row.get("secret")}
    values = {name: value for name, value in given.parameters.items() if name not in secret}
    return {"parameters": values, "fields": given.fields, "event": given.event}


def given_of(version: KindVersion) -> Given:
    trial = version.trial or {}
    return Given(trial.get("parameters", {}), trial.get("fields", {}), trial.get("event", ""))


def _begun(
    project: Project, slug: str, definition: dict[str, Any], logo: bytes, by: User | None, action: str
) -> KindVersion:
    section = str(definition.get("section", EVENTS))
    kind = PortalKind.objects.create(slug=slug, section=section, project=project)
    audit.record(action, kind)
    return KindVersion.objects.create(kind=kind, number=1, definition=definition, logo=logo, author=by)


def _free_slug(name: str) -> str:
    stem = slugify(name).replace("_", "-").strip("-")[:MOST_SLUG].strip("-") or "kind"
    taken = {*catalog.slugs(), *PortalKind.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
