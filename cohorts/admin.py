"""The raw rows of cohorts and syncs. They are changed on their own pages and by files, which know the rules."""

from django.contrib import admin

from cohorts.models import Batch, Change, Cohort, Computation, Download, Run, Skipped, Sync
from events.raw_rows import RawRows, as_json


@admin.register(Cohort)
class CohortAdmin(RawRows):
    list_display = ("name", "project", "public_id", "kind", "size", "computed_at", "cadence", "next_at")
    list_select_related = ("project",)
    list_filter = ("kind", "cadence", "project")
    fields: tuple[str, ...] = (
        "project",
        "public_id",
        "name",
        "description",
        "kind",
        "conditions",
        "size",
        "computed_at",
        "busy_until",
        "marked_until",
        "profiles_until",
        "cadence",
        "every_minutes",
        "daily_at",
        "next_at",
        "created_at",
        "created_by",
        "updated_at",
        "is_leaving",
        "removed_at",
    )

    @admin.display(description="Definition")
    def conditions(self, cohort: Cohort) -> str:
        return as_json(cohort.definition)


@admin.register(Computation)
class ComputationAdmin(RawRows):
    list_display = ("id", "cohort", "state", "cause", "started_at", "finished_at", "size", "entered", "left")
    list_select_related = ("cohort",)
    list_filter = ("state",)


@admin.register(Sync)
class SyncAdmin(RawRows):
    list_display = ("id", "cohort", "destination", "cadence", "next_at", "batch_size", "told_until")
    list_select_related = ("cohort", "destination")


@admin.register(Run)
class RunAdmin(RawRows):
    list_display = (
        "id",
        "sync",
        "number",
        "state",
        "content",
        "started_at",
        "finished_at",
        "entered",
        "left",
        "batches",
    )
    list_select_related = ("sync__cohort", "sync__destination")
    list_filter = ("state", "content")


@admin.register(Batch)
class BatchAdmin(RawRows):
    list_display = ("id", "run_id", "entering", "number", "users", "delivery_id")
    fields: tuple[str, ...] = ("run_id", "entering", "number", "users", "event_id", "delivery_id")


@admin.register(Skipped)
class SkippedAdmin(RawRows):
    list_display = ("id", "run_id", "identity", "reason")
    fields: tuple[str, ...] = ("run_id", "identity", "reason")


@admin.register(Change)
class ChangeAdmin(RawRows):
    list_display = ("id", "cohort_id", "computation_id", "identity", "entered")
    fields: tuple[str, ...] = ("cohort_id", "computation_id", "identity", "entered")


@admin.register(Download)
class DownloadAdmin(RawRows):
    """Without the token: whoever holds it and the keys reads the file."""

    list_display = ("id", "cohort", "created_at")
    list_select_related = ("cohort",)
    fields: tuple[str, ...] = ("cohort", "columns", "created_at")

    @admin.display(description="Properties")
    def columns(self, download: Download) -> str:
        return as_json(download.properties)
