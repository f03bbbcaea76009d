"""Whether a message may go to a destination: what its `integrations` and its user's denied consents say.

Read at routing, from what events/restrictions.py has kept of the message; most events have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from destinations import catalog
from destinations.consent_rules import CUSTOM, OR, Consents
from destinations.filter_values import shortened
from destinations.kind.definition import Kind
from destinations.models import Destination
from events.changes import ANY, CHANGED

MOST_SHOWN = 60  # characters of a name in a refusal
# What RudderStack calls its own destinations, where we have them.
ALSO = {
    "rudderstack-webhook": ("Webhook", "webhook", "WebHook", "WEBHOOK"),
    "http-webhook": ("HTTP Webhook", "HTTP"),
}
ONE_TRUST, KETCH = "oneTrust", "ketch"


@dataclass(frozen=True, slots=True)
class Reach:
    """`names`: what messages may call the destination, the one that counts most first."""

    names: tuple[str, ...]
    consents: Consents
    identify_on: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, name: str, slug: str, kind: Kind | None, consents: Consents | None, identify_on: Sequence[str] = ()
    ) -> "Reach":
        of_kind = (kind.name,) if kind else ()
        names = tuple(dict.fromkeys((name, *of_kind, slug, *ALSO.get(slug, ()))))
        return cls(names, consents or [], tuple(identify_on))

    def refusal(self, restrictions: dict[str, Any]) -> str | None:
        """In words that follow "Not sent: "; None where it may go."""
        return (
            self._by_changes(restrictions.get(CHANGED))
            or self._by_integrations(restrictions.get("integrations") or {})
            or self._by_consent(restrictions.get("consent") or {})
        )

    def _by_changes(self, changed: list[str] | None) -> str | None:
        """An identify that stands for a change goes to those that asked for it."""
        if changed is None or ANY in self.identify_on or set(changed) & set(self.identify_on):
            return None
        return f"it tells of a change of {shortened(', '.join(changed), MOST_SHOWN)}, which it did not ask for."

    def _by_integrations(self, said: dict[str, Any]) -> str | None:
        """The destination's own name decides, then that of its kind, then All."""
        if why := said.get(""):
            return f"the message's {why}, so no destination gets it."
        for name in self.names:
            if name in said:
                return None if said[name] else f"the message's integrations say no to “{shortened(name, MOST_SHOWN)}”."
        if said.get("All", True):
            return None
        return f"the message's integrations are for named destinations only, and “{self.names[0]}” is none of them."

    def _by_consent(self, said: dict[str, Any]) -> str | None:
        denied = said.get("denied", ())
        if not denied or not self.consents:
            return None
        provider = said.get("provider", "")
        for needed in self.consents:
            lacking = [one for one in needed["ids"] if one in denied]
            if lacking and _blocks(
                needed, provider, said.get("strategy", ""), everything=len(lacking) == len(needed["ids"])
            ):
                return f"its user has denied consent to “{shortened(', '.join(lacking), MOST_SHOWN)}”."
        return None


def reach_of(destination: Destination) -> Reach:
    kind = catalog.of(destination)
    return Reach.of(destination.name, destination.kind, kind, destination.consent, destination.identify_on)


def _blocks(needed: dict[str, Any], provider: str, strategy: str, *, everything: bool) -> bool:
    """Some of the needed consents are denied (`everything`: all of them). With `or`, one that is given is enough."""
    if not provider:  # an older SDK; then OneTrust's are all needed, and of Ketch's one
        return needed["provider"] == ONE_TRUST or (needed["provider"] == KETCH and everything)
    if provider != needed["provider"]:
        return False
    if provider == CUSTOM:
        strategy = needed.get("strategy", "")
    return everything or strategy != OR
