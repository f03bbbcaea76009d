"""A destination as plain data: what `apply` reads, `dump` prints and forms send. One set of rules for all of them."""

from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import transaction

from destinations import catalog
from destinations.checked_destination import CheckedDestination
from destinations.kind_parameters import describe_parameters
from destinations.models import Destination, Header, PayloadMode
from destinations.protection import describe_protection
from destinations.secrets import Unreadable
from destinations.versions import add_transformation_version, add_version
from destinations.watched import watch
from events import audit
from events.audit_changes import differences
from events.checking import Invalid, Problem
from events.models import Project

Specification = dict[str, Any]
Change = Literal["created", "changed", "unchanged"]


class InvalidDestination(Invalid):
    """A specification that was refused; nothing was saved."""


def save(
    project: Project,
    specification: Specification,
    existing: Destination | None = None,
    by: User | None = None,
) -> tuple[Destination, Change]:
    """Creates or replaces a destination. Raises InvalidDestination with every problem found, having saved nothing.

    Keys that are left out take their defaults. A header whose `value` is None keeps the stored value of that name, and
    a template that is not in use is kept unless another is given. A payload that changes makes a new template version,
    which names who made it (`by`).
    """
    checked = CheckedDestination(project, specification, existing)
    if checked.problems:
        raise InvalidDestination(checked.problems)
    destination = existing or Destination(project=project)
    before = describe(destination, with_secrets=True) if existing else None
    shown = describe(destination) if existing else None
    for field, value in checked.columns.items():
        setattr(destination, field, value)
    after = _as_described(checked)
    if before == after:
        return destination, "unchanged"
    change: Change = "changed" if existing else "created"
    by = by or audit.actor().user
    with transaction.atomic():
        if before is None or before["payload"] != after["payload"]:
            add_version(destination, by)
        else:
            destination.save()
        if (before or {}).get("transformation") != after.get("transformation"):
            add_transformation_version(destination, by)
        if before is None or before["headers"] != after["headers"]:
            destination.headers.all().delete()
            Header.objects.bulk_create(
                Header(destination=destination, position=n, **row) for n, row in enumerate(checked.headers)
            )
        destination.__dict__.pop("header_list", None)
        watch(project)
        audit.record(change, destination, differences(before, after, shown, describe(destination)), by=by)
    return destination, change


def describe(destination: Destination, *, with_secrets: bool = False) -> Specification:
    """The specification that `save` would take to make this destination; secret header values None unless asked."""
    payload: dict[str, Any] = {"mode": destination.payload_mode}
    if destination.payload_mode == PayloadMode.TEMPLATE:
        payload |= {"language": destination.language, "template": destination.template}
    kind = catalog.of(destination)
    of_kind = kind is not None and not kind.is_plain
    return {
        "name": destination.name,
        "kind": destination.kind,
        **(
            {"parameters": describe_parameters(destination, with_secrets=with_secrets)}
            if of_kind
            else {"url": destination.url, "method": destination.method}
        ),
        "headers": [
            {
                "name": h.name,
                "value": None if not with_secrets and (h.secret or isinstance(h.value, Unreadable)) else str(h.value),
                "secret": h.secret,
            }
            for h in (destination.header_list if destination.pk else [])
        ],
        "payload": payload,
        "filter": destination.filter,
        **({"consent": destination.consent} if destination.consent else {}),
        **({"identify_on": destination.identify_on} if destination.identify_on else {}),
        **({"events": "raw"} if destination.raw_events else {}),
        **({"mappings": destination.mappings} if destination.mappings or of_kind else {}),
        **({"transformation": destination.transformation} if destination.transformation else {}),
        **({"event_controls": True} if destination.event_controls else {}),
        "timeouts": {"connect": destination.connect_timeout, "total": destination.total_timeout},
        **({"sending": destination.sending} if destination.sending or of_kind or (kind and kind.takes_cohorts) else {}),
        "enabled": destination.enabled,
        **describe_protection(destination, with_secrets=with_secrets),
    }


def missing(destination: Destination) -> list[Problem]:
    """What still keeps a destination from being enabled; empty when it is ready."""
    return CheckedDestination(destination.project, describe(destination) | {"enabled": True}, destination).problems


@transaction.atomic
def set_enabled(destination: Destination, enabled: bool) -> None:
    """Switches a destination. Raises InvalidDestination, naming what is missing, where it is not ready."""
    if enabled and (problems := missing(destination)):
        raise InvalidDestination(problems)
    if enabled != destination.enabled:
        audit.record("switched on" if enabled else "switched off", destination)
    destination.enabled = enabled
    destination.save(update_fields=["enabled", "updated_at"])
    watch(destination.project)


def _as_described(checked: CheckedDestination) -> Specification:
    """What `describe(..., with_secrets=True)` will say once the checked values are saved."""
    shadow = Destination(project=checked.project, **checked.columns)
    described = describe(shadow, with_secrets=True)
    described["headers"] = [
        {"name": h["name"], "value": str(h["value"]), "secret": h["secret"]} for h in checked.headers
    ]
    return described


__all__ = ["InvalidDestination", "Problem", "describe", "missing", "save", "set_enabled"]
