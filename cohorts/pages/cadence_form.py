"""The fields of a cadence, for cohorts and for syncs."""

from typing import Any

from django import forms

from cohorts.models import Cadence, Scheduled
from cohorts.schedule import MOST_MINUTES
from events.webforms import HubForm


class CadenceForm(HubForm):
    """Which of the two further fields counts follows from `cadence`; the stylesheet shows that one."""

    cadence = forms.ChoiceField(label="How often", choices=Cadence)
    every_minutes = forms.CharField(
        label="Minutes",
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_MINUTES}),
    )
    daily_at = forms.CharField(label="At", required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def given_cadence(self) -> Any:
        """What `check_cadence` takes."""
        match self.cleaned_data.get("cadence"):
            case Cadence.MINUTES:
                return {"every_minutes": self.cleaned_data.get("every_minutes")}
            case Cadence.DAILY:
                return {"daily_at": self.cleaned_data.get("daily_at")}
        return self.cleaned_data.get("cadence") or Cadence.ONCE.value


def cadence_of(scheduled: Scheduled | None, otherwise: str) -> dict[str, Any]:
    """The fields' values as stored; for something new `otherwise`."""
    if scheduled is None:
        return {"cadence": otherwise, "every_minutes": 15, "daily_at": "06:00"}
    at = scheduled.daily_at
    return {
        "cadence": scheduled.cadence,
        "every_minutes": scheduled.every_minutes or 15,
        "daily_at": f"{at:%H:%M}" if at else "06:00",
    }
