"""allauth's pages of the admin are taken away: they would show ciphertext, and let factors be added by hand."""

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401 - they register themselves
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

for _model in (EmailAddress, Authenticator):
    admin.site.unregister(_model)
