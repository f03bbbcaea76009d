"""Which consents of a user a destination needs, as plain data; [] stands for none (pure).

[{"provider": "oneTrust", "ids": ["C0002"]}, {"provider": "custom", "ids": ["ads", "crm"], "strategy": "or"}]
"""

from typing import Any

from events.checking import BadPart, Place

KEYS = ("provider", "ids", "strategy")
CUSTOM = "custom"
# As messages name them, and as they are called.
PROVIDERS = {"oneTrust": "OneTrust", "ketch": "Ketch", "iubenda": "Iubenda", CUSTOM: "Custom"}
AND, OR = "and", "or"
MOST_IDS = 100
MOST_CHARACTERS = 100

Consents = list[dict[str, Any]]


class BadConsent(BadPart):
    """Categories that are refused."""


def check_consent(given: Any) -> Consents:
    """What to store for `given`. Raises BadConsent with everything that is wrong."""
    if not given and not isinstance(given, (str, int)):
        return []
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise BadConsent([((), "Write a list of {provider, ids}.")])
    problems: list[tuple[Place, str]] = []
    checked: Consents = []
    for number, entry in enumerate(given):
        found = [((number, *place), message) for place, message in _problems(entry)]
        if not found and any(entry["provider"] == other["provider"] for other in checked):
            found = [((number, "provider"), f"“{entry['provider']}” occurs twice. Write its ids into one list.")]
        problems += found
        if not found:
            checked.append(_stored(entry))
    if problems:
        raise BadConsent(problems)
    return checked


def _problems(entry: dict[str, Any]) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = [
        ((key,), f"“{key}” is not a known key. Known: {', '.join(KEYS)}.") for key in entry if key not in KEYS
    ]
    if entry.get("provider") not in PROVIDERS:
        found.append((("provider",), f"“{entry.get('provider')}” is not one of {', '.join(PROVIDERS)}."))
    ids = entry.get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) and one.strip() for one in ids):
        found.append((("ids",), "Write a list of consent ids, as the consent manager calls them."))
    elif len(ids) > MOST_IDS or any(len(one) > MOST_CHARACTERS for one in ids):
        found.append((("ids",), f"At most {MOST_IDS} ids of {MOST_CHARACTERS} characters are allowed."))
    strategy = entry.get("strategy")
    if strategy is not None and strategy not in (AND, OR):
        found.append((("strategy",), f"“{strategy}” is not one of {AND}, {OR}."))
    elif strategy is not None and entry.get("provider") != CUSTOM:
        found.append((("strategy",), "Only “custom” has a strategy here; of the others, messages say it."))
    return found


def _stored(entry: dict[str, Any]) -> dict[str, Any]:
    stored = {"provider": entry["provider"], "ids": list(dict.fromkeys(one.strip() for one in entry["ids"]))}
    return stored | ({"strategy": entry.get("strategy") or AND} if entry["provider"] == CUSTOM else {})
