"""The raw rows of destinations. They are changed on their own pages, which know the rules."""

from django.contrib import admin
from unfold.admin import TabularInline

from destinations.models import (
    Destination,
    EventRule,
    EventRulesVersion,
    Header,
    KindVersion,
    PortalKind,
    Sample,
    TemplateVersion,
    TransformationVersion,
)
from destinations.secrets import masked
from events.raw_rows import RawRows, ShowOnly, as_json, as_text


class HeaderInline(ShowOnly, TabularInline):
    model = Header
    fields: tuple[str, ...] = ("name", "shown_value", "secret")
    readonly_fields = fields
    extra = 0

    @admin.display(description="Value")
    def shown_value(self, header: Header) -> str:
        return masked(header.value)


@admin.register(Destination)
class DestinationAdmin(RawRows):
    list_display = ("name", "project", "kind", "method", "url", "enabled", "updated_at")
    list_select_related = ("project",)
    list_filter = ("enabled", "project")
    fields: tuple[str, ...] = (
        "project",
        "name",
        "kind",
        "enabled",
        "method",
        "url",
        "payload_mode",
        "language",
        "template_text",
        "transformed_by",
        "event_controls",
        "rules",
        "raw_events",
        "identify_on",
        "mapped",
        "how_sent",
        "id_header",
        "signature",
        "authentication",
        "client_certificate",
        "connect_timeout",
        "total_timeout",
        "created_at",
        "updated_at",
    )
    inlines = (HeaderInline,)

    @admin.display(description="Payload template")
    def template_text(self, destination: Destination) -> str:
        return as_text(destination.template)

    @admin.display(description="Signature")
    def signature(self, destination: Destination) -> str:
        return as_json(destination.signing)

    @admin.display(description="Authentication")
    def authentication(self, destination: Destination) -> str:
        return as_json(destination.auth)

    @admin.display(description="Sending")
    def how_sent(self, destination: Destination) -> str:
        return as_json(destination.sending)

    @admin.display(description="Mappings")
    def mapped(self, destination: Destination) -> str:
        return as_json(destination.mappings)

    @admin.display(description="Transformation")
    def transformed_by(self, destination: Destination) -> str:
        return as_json(destination.transformation)

    @admin.display(description="Filter")
    def rules(self, destination: Destination) -> str:
        return as_json(destination.filter)


@admin.register(TemplateVersion)
class TemplateVersionAdmin(RawRows):
    list_display = ("destination", "number", "mode", "language", "created_at", "created_by")
    list_select_related = ("destination", "created_by")
    fields: tuple[str, ...] = ("destination", "number", "mode", "language", "template_text", "created_at", "created_by")

    @admin.display(description="Payload template")
    def template_text(self, version: TemplateVersion) -> str:
        return as_text(version.source)


@admin.register(TransformationVersion)
class TransformationVersionAdmin(RawRows):
    list_display = ("destination", "number", "kind", "created_at", "created_by")
    list_select_related = ("destination", "created_by")
    fields: tuple[str, ...] = ("destination", "number", "says", "created_at", "created_by")

    @admin.display(description="Transformation")
    def says(self, version: TransformationVersion) -> str:
        return as_json(version.transformation)


@admin.register(EventRulesVersion)
class EventRulesVersionAdmin(RawRows):
    list_display = ("project", "number", "kind", "created_at", "created_by")
    list_select_related = ("project", "created_by")
    fields: tuple[str, ...] = ("project", "number", "says", "created_at", "created_by")

    @admin.display(description="Rules")
    def says(self, version: EventRulesVersion) -> str:
        return as_json(version.rules)


@admin.register(Sample)
class SampleAdmin(RawRows):
    list_display = ("name", "destination", "created_at")
    list_select_related = ("destination",)
    fields: tuple[str, ...] = ("destination", "name", "event", "created_at")

    @admin.display(description="Event")
    def event(self, sample: Sample) -> str:
        return as_json(sample.data)


@admin.register(PortalKind)
class PortalKindAdmin(RawRows):
    list_display = ("slug", "section", "project", "current", "withdrawn_at", "created_at")
    list_select_related = ("project", "current__kind")
    fields: tuple[str, ...] = ("slug", "section", "project", "current", "withdrawn_at", "created_at")


@admin.register(KindVersion)
class KindVersionAdmin(RawRows):
    list_display = ("kind", "number", "stage", "author", "updated_at")
    list_select_related = ("kind", "author")
    list_filter = ("stage",)
    fields: tuple[str, ...] = ("kind", "number", "stage", "comment", "says", "author", "created_at", "updated_at")

    @admin.display(description="Definition")
    def says(self, version: KindVersion) -> str:
        return as_json(version.definition)


@admin.register(EventRule)
class EventRuleAdmin(RawRows):
    list_display = ("__str__", "project", "created_at")
    list_select_related = ("project",)
    list_filter = ("project",)
    fields: tuple[str, ...] = ("project", "rule", "created_at")

    @admin.display(description="Rule")
    def rule(self, rule: EventRule) -> str:
        return as_json(rule.as_given)
