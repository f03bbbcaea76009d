"""The portal's kinds that destinations can be made of: looked up by slug, read once for each version.

A published version never changes, so what was read of one is kept; which version is current is asked each time.
"""

from functools import lru_cache

from destinations.kind.definition import Kind
from destinations.kind.rules import read_kind
from destinations.models import KindVersion, PortalKind

MOST_KEPT = 256


def kind(slug: str) -> Kind | None:
    """None where there is none, or it was withdrawn."""
    key = current(slug)
    return None if key is None else version(key)


def current(slug: str) -> int | None:
    """The key of the version that new destinations get."""
    found = PortalKind.objects.filter(slug=slug, withdrawn_at=None).values_list("current", flat=True)
    return found.first()


def kinds() -> list[Kind]:
    """All that can be chosen."""
    keys = PortalKind.objects.filter(withdrawn_at=None, current__isnull=False).values_list("current", flat=True)
    return [version(key) for key in keys]


@lru_cache(maxsize=MOST_KEPT)
def version(key: int) -> Kind:
    """By the key of a published version."""
    found = KindVersion.objects.select_related("kind").get(pk=key)
    return read_kind(found.kind.slug, found.definition, bytes(found.logo))


def own_slugs(project: int) -> set[str]:
    """Those that the project's people made."""
    return set(PortalKind.objects.filter(project=project).values_list("slug", flat=True))
