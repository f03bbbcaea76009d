"""Profiles that have become part of others: whom a profile stands for, and how that is written down."""

from datetime import datetime

from events.models import Profile, Project
from events.profile_rows import PROFILES, Stored
from events.property_rows import Texts

MOST_STEPS = 10  # from a profile to the one that it stands for by now


def read_merged(project: Project, stored: Stored) -> Stored:
    """The profiles that those of `stored` have been merged into, and so on; usually none, and no query."""
    found: Stored = {}
    for _ in range(MOST_STEPS):
        known = stored | found
        wanted = {(into,) for *_, into in known.values() if into and (into,) not in known}
        if not wanted:
            break
        found |= PROFILES.read(project.pk, wanted)
    return found


class Merged:
    """Which profile is part of which while events are replayed: what is stored, and what they add to it."""

    def __init__(self) -> None:
        self._stored: Stored = {}
        self._new: dict[Texts, Texts] = {}

    def begin(self, stored: Stored) -> None:
        self._stored, self._new = stored, {}

    def add(self, part: Texts, whole: Texts) -> None:
        self._new[part] = whole

    def standing(self, key: Texts) -> Texts:
        """The profile that this one is a part of by now; itself, if of none."""
        for _ in range(MOST_STEPS):
            into = self._new.get(key) or self._into(key)
            if into is None:
                break
            key = into
        return key

    def _into(self, key: Texts) -> Texts | None:
        into = self._stored[key][-1] if key in self._stored else ""
        return (into,) if into and (into,) in self._stored else None

    def write(self, project: Project, at: datetime) -> None:
        for (part,), (whole,) in sorted(self._new.items()):
            Profile.objects.filter(project=project, identity=part).update(merged_into=whole, updated_at=at)
