"""`GET /api/3/cohorts`: every cohort of the project, with every field that clients know."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db.models import F, Max, Q
from django.http import HttpResponse

from cohorts.api.door import door
from cohorts.models import Cadence, Cohort, Kind, Run, Scheduled, Sync
from cohorts.specification import describe_cohort
from events.api.errors import answer
from events.models import Project

FREQUENCIES = {Cadence.HOURLY: "hourly", Cadence.DAILY: "daily", Cadence.ONCE: "once"}


@door("GET")
def list_cohorts(request: WSGIRequest, project: Project) -> HttpResponse:
    cohorts = list(Cohort.objects.filter(project=project).order_by("pk").select_related("created_by"))
    syncs = _syncs(project) if request.GET.get("includeSyncInfo", "").lower() in ("true", "1") else None
    return answer({"cohorts": [_shown(cohort, syncs) for cohort in cohorts]})


def _shown(cohort: Cohort, syncs: dict[int, list[Sync]] | None) -> dict[str, Any]:
    """Fields that mean nothing here hold what an ordinary cohort has there."""
    shown = {
        "appId": cohort.project_id,
        "archived": False,
        "definition": describe_cohort(cohort).get("definition", {}),
        "description": cohort.description,
        "finished": True,
        "id": cohort.public_id,
        "name": cohort.name,
        "owners": [cohort.created_by.get_username()] if cohort.created_by else [],
        "viewers": [],
        "published": True,
        "size": cohort.size,
        "type": "redshift" if cohort.kind == Kind.DEFINED else "static",
        "lastMod": int(cohort.updated_at.timestamp()),
        "createdAt": int(cohort.created_at.timestamp()),
        "lastComputed": int(cohort.computed_at.timestamp()) if cohort.computed_at else None,
        "hidden": False,
        "metadata": [],
        "view_count": 0,
        "popularity": 0,
        "last_viewed": None,
        "chart_id": None,
        "edit_id": None,
        "is_predictive": False,
        "is_official_content": False,
        "location_id": None,
        "shortcut_ids": [],
    }
    if syncs is not None:
        shown["syncMetadata"] = [_sync(sync) for sync in syncs.get(cohort.pk, ())]
    return shown


def _syncs(project: Project) -> dict[int, list[Sync]]:
    """By cohort, each with the ends of its last run that went well and of the last that did not."""
    failed = Q(runs__state__in=[Run.State.FAILED, Run.State.PARTLY])
    found: dict[int, list[Sync]] = {}
    for sync in (
        Sync.objects.filter(cohort__project=project, destination__removed_at=None)
        .annotate(well=Max("runs__finished_at", filter=Q(runs__state=Run.State.DELIVERED)))
        .annotate(ill=Max("runs__finished_at", filter=failed), named=F("destination__name"))
        .order_by("pk")
    ):
        found.setdefault(sync.cohort_id, []).append(sync)
    return found


def _sync(sync: Any) -> dict[str, Any]:
    return {
        "target": sync.named,
        "frequency": _frequency(sync),
        "last_successful": sync.well.isoformat() if sync.well else None,
        "last_failure": sync.ill.isoformat() if sync.ill else None,
        "params": {"properties": sync.properties, "batch_size": sync.batch_size},
    }


def _frequency(scheduled: Scheduled) -> str:
    if scheduled.cadence == Cadence.MINUTES:
        return "minute" if scheduled.every_minutes == 1 else f"{scheduled.every_minutes} minutes"
    return FREQUENCIES[Cadence(scheduled.cadence)]
