"""The raw rows of deliveries and their attempts."""

from django.contrib import admin
from unfold.admin import TabularInline

from delivery.models import (
    Alert,
    Attempt,
    Channel,
    Delivery,
    Gauge,
    HookSecrets,
    LaneHealth,
    Monitor,
    Notice,
    Replay,
    Transformed,
    Verdict,
)
from events.raw_rows import RawRows, ShowOnly, as_json, as_text


class AttemptInline(ShowOnly, TabularInline):
    model = Attempt
    fields = ("number", "started_at", "duration_ms", "status", "error")
    readonly_fields = fields
    ordering = ("number", "id")
    extra = 0
    show_change_link = True


@admin.register(Delivery)
class DeliveryAdmin(RawRows):
    list_display = ("id", "event", "destination", "state", "attempts_made", "last_status", "next_attempt_at")
    list_select_related = ("event", "destination")
    raw_id_fields = ("project", "destination", "event")
    inlines = (AttemptInline,)


@admin.register(Transformed)
class TransformedAdmin(RawRows):
    list_display = ("delivery_id", "failure")
    fields = ("delivery", "made", "failure")

    @admin.display(description="Event")
    def made(self, transformed: Transformed) -> str:
        return as_json(transformed.event)


@admin.register(Attempt)
class AttemptAdmin(RawRows):
    list_display = ("id", "delivery_id", "number", "started_at", "duration_ms", "status", "error_kind")
    fields = (
        "delivery", "number", "started_at", "duration_ms", "one_by_one", "request_method", "request_url",
        "sent_headers", "sent_body", "status", "answer_headers", "answer_body", "error", "error_kind",
        "next_attempt_at", "batch", "batch_position", "batch_size",
    )  # fmt: skip

    @admin.display(description="Tries")
    def one_by_one(self, attempt: Attempt) -> str:
        return as_json(attempt.tries)

    @admin.display(description="Request headers")
    def sent_headers(self, attempt: Attempt) -> str:
        return as_json(attempt.request_headers)

    @admin.display(description="Request body")
    def sent_body(self, attempt: Attempt) -> str:
        return as_text(attempt.request_body)

    @admin.display(description="Response headers")
    def answer_headers(self, attempt: Attempt) -> str:
        return as_json(attempt.response_headers)

    @admin.display(description="Response body")
    def answer_body(self, attempt: Attempt) -> str:
        return as_text(attempt.response_body)


@admin.register(LaneHealth)
class LaneHealthAdmin(RawRows):
    list_display = ("destination", "level", "level_since", "held_since", "next_probe_at")
    list_select_related = ("destination",)


@admin.register(Replay)
class ReplayAdmin(RawRows):
    list_display = ("id", "project", "destination", "kind", "state", "sent", "passed_over", "by_name", "created_at")
    list_select_related = ("project", "destination")


@admin.register(Verdict)
class VerdictAdmin(RawRows):
    list_display = ("event_id",)
    fields = ("event_id", "reasons")

    @admin.display(description="Refusals")
    def reasons(self, verdict: Verdict) -> str:
        return as_json(verdict.refusals)


@admin.register(HookSecrets)
class HookSecretsAdmin(RawRows):
    """Whose there are; they themselves are shown nowhere."""

    list_display = ("project",)
    fields = ("project",)


@admin.register(Monitor)
class MonitorAdmin(RawRows):
    list_display = ("id", "name", "project", "metric", "condition", "threshold", "window", "enabled", "state")
    list_select_related = ("project",)
    list_filter = ("metric", "state", "enabled")


@admin.register(Channel)
class ChannelAdmin(RawRows):
    """Without the address: a chat's is a secret."""

    list_display = ("id", "name", "project", "kind", "health")
    list_select_related = ("project",)
    fields = ("project", "name", "kind", "health", "created_at")


@admin.register(Alert)
class AlertAdmin(RawRows):
    list_display = ("id", "name", "project", "kind", "at", "value", "threshold", "muted")
    list_select_related = ("project",)


@admin.register(Notice)
class NoticeAdmin(RawRows):
    list_display = ("id", "alert", "channel_name", "state", "tries", "next_at", "error")
    list_select_related = ("alert",)


@admin.register(Gauge)
class GaugeAdmin(RawRows):
    list_display = ("id", "project_id", "metric", "subject", "span", "start", "value")
