"""Choosing the first password of an account, by the link that an admin handed out."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator

from events import audit
from events.toasts import toast
from events.webforms import HubRenderer
from streamhub import signing_in
from streamhub.pages.sign_in import NO_PASSWORDS


class FirstPasswordForm(SetPasswordForm):
    default_renderer = HubRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["new_password1"].label = "Password"
        self.fields["new_password1"].help_text = "At least 12 characters, not a common password, not like your name."
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = "Password again"


@method_decorator(login_not_required, name="dispatch")
class Welcome(PasswordResetConfirmView):
    """The link works once, and for three days: it is signed over the account as it is now."""

    form_class = FirstPasswordForm
    template_name = "sign_in/welcome.html"
    success_url = reverse_lazy("home")
    reset_url_token = "choose"  # noqa: S105 - what stands in the address instead of the token

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.OIDC.by_password:
            return toast(request, redirect("login"), NO_PASSWORDS.format(name=settings.OIDC.name), "info")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        super().form_valid(form)
        audit.record("chose a password", None, by=form.user)
        response = signing_in.proceed(self.request, form.user, reverse("home"))
        return toast(self.request, response, "Your password is set, and you are signed in.")
