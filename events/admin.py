"""Projects, and the raw rows of what came in."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from events import audit
from events.audit_changes import differences
from events.models import (
    Annotation,
    AnnotationCategory,
    AuditEntry,
    Event,
    Group,
    Membership,
    Outbox,
    Profile,
    Project,
    SeenInsertId,
)
from events.raw_rows import RawRows, as_json


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    """Deleting a project would load all of its events to say what goes with it, so that is not done here."""

    list_display = ("name", "slug", "is_demo", "created_at")
    fields = ("name", "is_demo", "slug", "api_key", "secret_key", "most_events_per_second", "created_at")
    readonly_fields = ("slug", "secret_key", "created_at")

    @admin.display(description="Secret key")
    def secret_key(self, project: Project) -> str:
        return f"shk_…{project.secret_key_end}" if project.secret_key_end else "none"

    def save_model(self, request: HttpRequest, obj: Project, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = {name: form.initial.get(name) for name in form.fields} if change else None
        changes = differences(before, {name: form.cleaned_data[name] for name in form.fields})
        audit.record("changed" if change else "created", obj, changes)

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    """For operators: the members page of a project is where its admins do this."""

    list_display = ("user", "project", "role", "created_at")
    list_select_related = ("user", "project")
    list_filter = ("role", "project")
    fields = ("project", "user", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("project", "user") if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        before = {"role": form.initial.get("role")} if change else None
        audit.record("changed" if change else "added", obj, differences(before, {"role": obj.role}))

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        audit.record("removed", obj, [("role", obj.role, None)])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset:
            self.delete_model(request, membership)


@admin.register(AuditEntry)
class AuditEntryAdmin(RawRows):
    list_display = ("at", "by_name", "action", "object_type", "object_name", "project")
    list_select_related = ("project",)
    fields = ("at", "by_name", "address", "project", "action", "object_type", "object_id", "object_name", "differences")

    @admin.display(description="Changes")
    def differences(self, entry: AuditEntry) -> str:
        return as_json(entry.changes)


@admin.register(Event)
class EventAdmin(RawRows):
    list_display = ("id", "event_type", "topic", "user_id", "device_id", "project", "received_at")
    list_select_related = ("project",)
    fields = (
        "project", "uuid", "topic", "event_type", "user_id", "device_id", "event_time", "received_at", "stored",
        "remarks",
    )  # fmt: skip

    @admin.display(description="Data")
    def stored(self, event: Event) -> str:
        return as_json(event.data)

    @admin.display(description="Changed on the way in")
    def remarks(self, event: Event) -> str:
        return as_json(event.notes) if event.notes else "nothing"


@admin.register(Outbox)
class OutboxAdmin(RawRows):
    list_display = ("event_id",)


@admin.register(SeenInsertId)
class SeenInsertIdAdmin(RawRows):
    list_display = ("key", "seen_at")
    ordering = ("-seen_at",)


@admin.register(Profile)
class ProfileAdmin(RawRows):
    list_display = ("identity", "project", "updated_at")
    list_select_related = ("project",)
    fields = ("project", "identity", "known", "member_of", "created_at", "updated_at")

    @admin.display(description="Properties")
    def known(self, profile: Profile) -> str:
        return as_json(profile.properties)

    @admin.display(description="Groups")
    def member_of(self, profile: Profile) -> str:
        return as_json(profile.groups)


@admin.register(Group)
class GroupAdmin(RawRows):
    list_display = ("group_type", "group_name", "project", "updated_at")
    list_select_related = ("project",)
    fields = ("project", "group_type", "group_name", "known", "updated_at")

    @admin.display(description="Properties")
    def known(self, group: Group) -> str:
        return as_json(group.properties)


@admin.register(Annotation)
class AnnotationAdmin(RawRows):
    list_display = ("id", "label", "project", "start", "end", "category", "source", "author_name")
    list_select_related = ("project", "category")
    list_filter = ("project",)


@admin.register(AnnotationCategory)
class AnnotationCategoryAdmin(RawRows):
    list_display = ("id", "name", "project")
    list_select_related = ("project",)
