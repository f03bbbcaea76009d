"""Users and groups, with the theme's own forms; the tokens of the API."""

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
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
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "has_second_factor")
    actions = ("remove_second_factor",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        from allauth.mfa.models import Authenticator

        factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return super().get_queryset(request).annotate(second_factor=Exists(factors))

    @admin.display(description="second factor", boolean=True)
    def has_second_factor(self, user: User) -> bool:
        return bool(getattr(user, "second_factor", False))

    @admin.action(description="Remove the second factor", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        from streamhub.second_factor.factor import take_away

        removed = [user.username for user in users if take_away(user)]
        words = f"Signing in by password alone now: {', '.join(removed)}." if removed else "None of them has one."
        self.message_user(request, words, messages.SUCCESS if removed else messages.WARNING)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(ApiToken)
class ApiTokenAdmin(RawRows):
    """For looking at: a project's settings are where they are made and revoked."""

    list_display = ("name", "project", "role", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("project",)
    fields = (
        "project", "name", "role", "scopes", "end", "created_at", "created_by", "expires_at", "last_used_at",
        "last_used_from", "revoked_at",
    )  # fmt: skip


if apps.is_installed("allauth.mfa"):
    from streamhub import allauth_admin  # noqa: F401 - in place of allauth's own pages
