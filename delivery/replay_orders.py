"""A replay as it is ordered in a form or through the API: what it would do, and beginning it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from delivery import backfill, dry_run, selection
from delivery import replays as running
from delivery.backfill import Window
from delivery.dry_run import DryRun
from delivery.models import Replay
from delivery.replay_forms import AgainForm, BackfillForm
from delivery.selection import Counted
from destinations.models import Destination


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the form as it stands would do."""

    counted: Counted
    dry_run: DryRun | None


def begin(form: AgainForm | BackfillForm, by: User | None = None) -> Replay:
    """`form` is valid. Raises CannotReplay where there is nothing to send."""
    options: dict[str, Any] = {"per_second": form.cleaned_data["per_second"], "by": by}
    if isinstance(form, BackfillForm):
        return running.fill_back(_lane(form), form.window(), **options)
    as_it_was = form.cleaned_data["template"] == "then"
    return running.send_again(form.project, form.selection(), as_it_was=as_it_was, **options)


def outlook_of(form: AgainForm | BackfillForm, *, with_sample: bool) -> Outlook:
    """`form` is valid."""
    if isinstance(form, BackfillForm):
        window: Window = form.window()
        return Outlook(backfill.count(window), dry_run.of_events(_lane(form), window) if with_sample else None)
    wanted = form.selection()
    as_it_was = form.cleaned_data["template"] == "then"
    tried = dry_run.of_deliveries(wanted, as_it_was=as_it_was) if with_sample else None
    return Outlook(selection.count(wanted), tried)


def _lane(form: BackfillForm) -> Destination:
    return form.project.destinations.get(pk=form.cleaned_data["destination"])
