"""Destinations as files and the API write them: like the specification, with cohorts in filters by their names."""

from typing import Any

from cohorts.filter_names import with_ids, with_names
from destinations import specification
from destinations.models import Destination
from destinations.specification import Change
from events.models import Project


def describe(destination: Destination, *, with_secrets: bool = False) -> dict[str, Any]:
    described = specification.describe(destination, with_secrets=with_secrets)
    return described | {"filter": with_names(destination.project, described["filter"])}


def save(project: Project, given: dict[str, Any], existing: Destination | None = None) -> tuple[Destination, Change]:
    """Raises InvalidDestination, having saved nothing."""
    wanted = given | {"filter": with_ids(project, given["filter"])} if "filter" in given else given
    return specification.save(project, wanted, existing)
