"""The fields in which people say which consents a destination needs."""

from typing import Any

from django import forms

from destinations.consent_rules import AND, CUSTOM, OR, PROVIDERS, Consents

HELP = {
    "oneTrust": "Category ids, parted by commas: C0002, C0004.",
    "ketch": "Purpose ids, parted by commas.",
    "iubenda": "Purpose ids, parted by commas.",
    CUSTOM: "Ids of a consent manager of your own, parted by commas.",
}
STRATEGIES = [(AND, "All of them must be given"), (OR, "One of them is enough")]


def _ids(provider: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=PROVIDERS[provider], required=False, widget=widget, help_text=HELP[provider])


class ConsentFields(forms.Form):
    consent_oneTrust = _ids("oneTrust")
    consent_ketch = _ids("ketch")
    consent_iubenda = _ids("iubenda")
    consent_custom = _ids(CUSTOM)
    consent_strategy = forms.ChoiceField(label="Of the custom ones", choices=STRATEGIES, required=False)

    @staticmethod
    def consent_values(stored: Consents) -> dict[str, object]:
        """The fields' values for what is stored."""
        values: dict[str, object] = {f"consent_{one['provider']}": ", ".join(one["ids"]) for one in stored}
        return values | {"consent_strategy": next((o["strategy"] for o in stored if "strategy" in o), AND)}

    def consents(self) -> Consents:
        """What the fields say; called once the form is valid."""
        found: Consents = []
        for provider in PROVIDERS:
            ids = [one.strip() for one in self.cleaned_data[f"consent_{provider}"].split(",") if one.strip()]
            entry: dict[str, Any] = {"provider": provider, "ids": ids}
            if provider == CUSTOM:
                entry["strategy"] = self.cleaned_data["consent_strategy"] or AND
            if ids:
                found.append(entry)
        return found

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        return [self[f"consent_{provider}"] for provider in PROVIDERS] + [self["consent_strategy"]]
