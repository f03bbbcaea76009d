"""allauth's rows in the admin. Its own pages go: they would show ciphertext, and let factors be added by hand. What
stays are the accounts at the provider of single sign-on: to look at, and to unlink."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401 - they register themselves
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from events import audit
from events.raw_rows import RawRows

for _model in (EmailAddress, Authenticator, SocialApp, SocialToken, SocialAccount):
    admin.site.unregister(_model)


@admin.register(SocialAccount)
class SocialAccountAdmin(RawRows):
    list_display = ("user", "uid", "provider", "date_joined", "last_login")
    list_select_related = ("user",)
    fields = ("user", "provider", "uid", "date_joined", "last_login")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: SocialAccount) -> None:
        audit.record("unlinked", obj.user, name=f"{obj.uid} from {obj.user.get_username()}")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[SocialAccount]) -> None:
        for one in queryset.select_related("user"):
            self.delete_model(request, one)
