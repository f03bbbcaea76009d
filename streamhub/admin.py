"""Users and groups, with the theme's own forms; the tokens of the API."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from events.raw_rows import RawRows
from streamhub.models import ApiToken

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(ApiToken)
class ApiTokenAdmin(RawRows):
    """For looking at: a project's settings are where they are made and revoked."""

    list_display = ("name", "project", "role", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("project",)
    fields = ("project", "name", "role", "scopes", "end", "created_at", "created_by", "expires_at", "last_used_at")
    fields += ("last_used_from", "revoked_at")
