"""What a message says about where it may go: its `integrations` object and the consents its user has denied. (pure)

Kept with the event only where it says anything, so that routing the others costs nothing; destinations/reach.py
reads it.
"""

from typing import Any

Restrictions = dict[str, Any]


def restrictions_of(message: dict[str, Any]) -> Restrictions | None:
    """{"integrations": {name: bool}, "consent": {"denied": [...], "provider": text, "strategy": text}}, each only where
    it can keep the message from a destination; None where nothing does.

    `integrations` that cannot be read keep it from all: the key "" is then why.
    """
    found = {"integrations": _integrations(message.get("integrations")), "consent": _consent(message.get("context"))}
    return {name: value for name, value in found.items() if value} or None


def _integrations(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        return {"All": False, "": "integrations is no object"}
    everything = given.get("All", True)
    if not isinstance(everything, bool):
        return {"All": False, "": "integrations.All is neither true nor false"}
    said = {name: value is not False for name, value in given.items() if isinstance(value, (bool, dict))}
    return said if False in said.values() else {}


def _consent(context: Any) -> dict[str, Any]:
    given = context.get("consentManagement") if isinstance(context, dict) else None
    if not isinstance(given, dict):
        return {}
    denied = given.get("deniedConsentIds")
    denied = [one for one in denied if isinstance(one, str)] if isinstance(denied, list) else []
    if not denied:
        return {}
    provider, strategy = (given.get(key) for key in ("provider", "resolutionStrategy"))
    return {
        "denied": denied,
        "provider": provider if isinstance(provider, str) else "",
        "strategy": strategy if isinstance(strategy, str) else "",
    }
