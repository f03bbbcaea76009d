"""What a destination's kind knows users by, and who lacks it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from destinations import catalog
from destinations.event_paths import reader, short_name
from destinations.kind.definition import COHORTS, Identifier
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.secrets import SecretUnreadable

USER_PROPERTIES = "user_properties."


@dataclass(frozen=True, slots=True)
class MemberIdentifier:
    """`path` within a batch's user: user_id, user_properties.email."""

    path: str
    read: Callable[[dict[str, Any]], Any]

    @property
    def property(self) -> str | None:
        """The user property that has to travel along."""
        return (
            self.path.removeprefix(USER_PROPERTIES).partition(".")[0] if self.path.startswith(USER_PROPERTIES) else None
        )

    def missing_in(self, user: dict[str, Any]) -> str:
        """Why the receiver could not know the user; "" where it can."""
        value = self.read(user)
        if value in (None, "") or isinstance(value, (dict, list)):
            return f"no {short_name(self.path)}, by which the destination knows users"[:200]
        return ""


def identifier_of(destination: Destination) -> MemberIdentifier | None:
    """None where the kind leaves it to the payload."""
    kind = catalog.of(destination)
    if kind is None or kind.section != COHORTS or kind.identifier is None:
        return None
    path = _path(kind.identifier, destination)
    return MemberIdentifier(path, reader(path))


def _path(identifier: Identifier, destination: Destination) -> str:
    """Where the parameters cannot be read, every request will say so; nobody is skipped for it."""
    try:
        chosen = str(parameters_of(destination).get(identifier.parameter, ""))
    except SecretUnreadable:
        return "user_id"
    return identifier.by.get(chosen, identifier.path)
