"""Brings profiles up to date with events, and gives every event the user properties as they were at that event."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.changes import changed_names
from events.identify import apply, plain_properties
from events.jsontext import dumps, loads
from events.merging import Merged, read_merged
from events.models import Project
from events.profile_rows import PROFILES, Stored
from events.property_rows import Texts

if TYPE_CHECKING:
    from events.accept import Incoming

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
    previous = {(identity,) for event, *_ in followed for identity in event.merges}
    stored = PROFILES.read(project.pk, {key for _, key, _ in followed} | previous)
    devices = {_device(event) for event, key, _ in followed if key not in stored and event.user_id}
    stored |= PROFILES.read(project.pk, {key for key in devices if key and key not in stored})
    stored |= read_merged(project, stored)
    merged, watched = Merged(), frozenset(project.watched_properties)
    PROFILES.settle(project.pk, stored, lambda stored: _replay(followed, stored, merged, watched), received_at)
    merged.write(project, received_at)


def identity_of(user_id: str | None, device_id: str | None) -> str | None:
    """How a profile is found: by user, or by device while no user is known."""
    if user_id:
        return f"u:{user_id}"
    return f"d:{device_id}" if device_id else None


def _device(event: "Incoming") -> Texts | None:
    return (f"d:{event.device_id}",) if event.device_id else None


def _replay(
    followed: Sequence[tuple["Incoming", Texts, Any]], stored: Stored, merged: Merged, watched: frozenset[str]
) -> Stored:
    known: dict[Texts, Known] = {}
    merged.begin(stored)
    for event, own_key, own_groups in followed:
        key = merged.standing(own_key)
        profile = known.get(key)
        if profile is None:
            profile = known[key] = _known(event, key, known, stored, merged)
        before = profile.properties
        for identity in event.merges:
            _merge(event, profile, key, merged.standing((identity,)), known, stored, merged)
        _follow(event, profile, own_groups)
        if watched and event.topic != "event.identify":
            event.changed = changed_names(watched, before, profile.properties)
    return {key: (dumps(p.properties), dumps(p.groups)) for key, p in known.items() if p.changed}


def _merge(
    event: "Incoming",
    profile: Known,
    key: Texts,
    other: Texts,
    known: dict[Texts, Known],
    stored: Stored,
    merged: Merged,
) -> None:
    """What the profile does not have, it takes from the other one, which is a part of it from now on."""
    if other == key or (other not in known and other not in stored):
        return
    before = known.get(other) or _loaded(stored[other])
    properties = before.properties | profile.properties
    if len(dumps(properties)) > MAX_PROFILE_SIZE:
        if TOO_LARGE not in event.notes:
            event.notes.append(TOO_LARGE)
        return
    merged.add(other, key)
    profile.properties, profile.groups = properties, before.groups | profile.groups
    profile.changed = True


def _known(event: "Incoming", key: Texts, known: dict[Texts, Known], stored: Stored, merged: Merged) -> Known:
    """The stored profile. A new user starts from what is known of the device, if nobody was signed in on it."""
    if key in stored:
        return _loaded(stored[key])
    device = _device(event) if event.user_id else None
    if device is not None and merged.standing(device) != device:
        device = None  # it is somebody's
    if device in known:
        return Known(known[device].properties, known[device].groups, changed=True)
    start = _loaded(stored[device]) if device in stored else Known({}, {})
    start.changed, start.cohorts = True, None  # the device is in cohorts, not yet the user
    return start


def _loaded(texts: Texts) -> Known:
    properties, groups, cohorts, _ = texts
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
    joins = event.joins_groups or event.topic == "event.identify"
    if own_groups and joins and (profile.groups | own_groups) != profile.groups:
        profile.groups, profile.changed = profile.groups | own_groups, True
    if properties:
        event.data["user_properties"] = properties
    if profile.groups:
        event.data["groups"] = profile.groups | own_groups if own_groups else profile.groups
    if profile.cohorts:
        event.data["cohorts"] = profile.cohorts
