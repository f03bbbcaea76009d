"""Brings profiles up to date with events, and gives every event the user properties as they were at that event."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.identify import apply, plain_properties
from events.jsontext import dumps, loads
from events.models import Profile, Project
from events.property_rows import PropertyRows, Texts

if TYPE_CHECKING:
    from events.accept import Incoming

Stored = dict[Texts, Texts]

PROFILES = PropertyRows(Profile, ("identity",), ("properties", "groups"), ("created_at", "updated_at"), ("cohorts",))
# Characters of JSON. Every event carries a copy, so without a bound a small request could grow into a huge one.
MAX_PROFILE_SIZE = 64 * 1024
TOO_LARGE = f"profile not updated: it would have more than {MAX_PROFILE_SIZE:,} characters"


class Known:
    """What is known of one user at some point of the events."""

    __slots__ = ("changed", "cohorts", "groups", "properties")

    def __init__(
        self,
        properties: dict[str, Any],
        groups: dict[str, list[str]],
        cohorts: list[str] | None = None,
        *,
        changed: bool = False,
    ) -> None:
        self.properties = properties
        self.groups = groups
        self.cohorts = cohorts
        self.changed = changed


def update_profiles(project: Project, events: list["Incoming"], received_at: datetime) -> None:
    """Fills in the events' `user_properties`, `groups` and `cohorts`, in order; writes what their operations change."""
    followed = []
    for event in events:
        identity = identity_of(event.user_id, event.device_id)
        if event.sync_profile and identity:
            followed.append((event, (identity,), event.data.get("groups")))
        elif event.user_operations:
            event.data["user_properties"] = plain_properties(event.user_operations)
    stored = PROFILES.read(project.pk, {key for _, key, _ in followed})
    devices = {_device(event) for event, key, _ in followed if key not in stored and event.user_id}
    stored |= PROFILES.read(project.pk, {key for key in devices if key and key not in stored})
    PROFILES.settle(project.pk, stored, lambda stored: _replay(followed, stored), received_at)


def identity_of(user_id: str | None, device_id: str | None) -> str | None:
    """How a profile is found: by user, or by device while no user is known."""
    if user_id:
        return f"u:{user_id}"
    return f"d:{device_id}" if device_id else None


def _device(event: "Incoming") -> Texts | None:
    return (f"d:{event.device_id}",) if event.device_id else None


def _replay(followed: Sequence[tuple["Incoming", Texts, Any]], stored: Stored) -> Stored:
    known: dict[Texts, Known] = {}
    for event, key, own_groups in followed:
        profile = known.get(key)
        if profile is None:
            profile = known[key] = _known(event, key, known, stored)
        _follow(event, profile, own_groups)
    return {key: (dumps(p.properties), dumps(p.groups)) for key, p in known.items() if p.changed}


def _known(event: "Incoming", key: Texts, known: dict[Texts, Known], stored: Stored) -> Known:
    """The stored profile. A new user starts from what is known of the device, if nobody was signed in on it."""
    if key in stored:
        return _loaded(stored[key])
    device = _device(event) if event.user_id else None
    if device in known:
        return Known(known[device].properties, known[device].groups, changed=True)
    start = _loaded(stored[device]) if device in stored else Known({}, {})
    start.changed, start.cohorts = True, None  # the device is in cohorts, not yet the user
    return start


def _loaded(texts: Texts) -> Known:
    properties, groups, cohorts = texts
    return Known(
        {} if properties == "{}" else loads(properties),
        {} if groups == "{}" else loads(groups),
        None if cohorts == "[]" else loads(cohorts),
    )


def _follow(event: "Incoming", profile: Known, own_groups: dict[str, list[str]] | None) -> None:
    """Applies one event to the profile and shows it the result."""
    properties = profile.properties
    if event.user_operations:
        properties = apply(properties, event.user_operations)
        if properties is not profile.properties:
            if len(dumps(properties)) <= MAX_PROFILE_SIZE:
                profile.properties, profile.changed = properties, True
            elif TOO_LARGE not in event.notes:
                event.notes.append(TOO_LARGE)
    if own_groups and event.topic == "event.identify" and (profile.groups | own_groups) != profile.groups:
        profile.groups, profile.changed = profile.groups | own_groups, True
    if properties:
        event.data["user_properties"] = properties
    if profile.groups:
        event.data["groups"] = profile.groups | own_groups if own_groups else profile.groups
    if profile.cohorts:
        event.data["cohorts"] = profile.cohorts
